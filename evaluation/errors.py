"""What `evaluation` raises when it cannot do what was asked."""


class EvaluationError(Exception):
    """A set, a file or a metric cannot be had; the message says which and why."""
