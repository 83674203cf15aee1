"""The errors that a run raises for what a user can put right."""


class StreamerError(Exception):
    """A run cannot start or go on; the message is one line for the user."""
