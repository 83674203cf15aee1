"""What `evaluation` raises when it cannot do what was asked."""


class EvaluationError(Exception):
    """A set, a file or a metric cannot be had; the message says which and why."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C or SIGTERM came in the midst; the message says how much is kept."""
