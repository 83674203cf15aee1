"""The one error that every sink raises for what a user can put right."""


class SinkError(Exception):
    """A sink cannot be opened or written; the message is one line for the user."""


class UnplayableError(SinkError):
    """What is left of the output is no file that plays."""


class UndeliveredError(SinkError):
    """A part of what was sent did not arrive at the other end."""
