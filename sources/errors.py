"""The one error that every source raises for what a user can put right."""


class SourceError(Exception):
    """A source cannot be opened or read; the message is one line for the user."""
