"""How tests wait: for the thing itself, and long enough for a machine that is busy."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 90.0
"""A limit for what should be quick: a machine at load 20 keeps it, a hang does not."""


def eventually(
    true: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS, what: str = ""
) -> float:
    """Waits until `true`, and returns how long that took.

    Raises:
        AssertionError: It did not come in time.
    """
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return time.monotonic() - begun
