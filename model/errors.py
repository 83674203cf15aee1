"""What `model` raises when it cannot do what was asked."""


class ModelError(Exception):
    """A model, its weights or its backend cannot be had; the message says which."""
