"""Plays what can be had before its time, such as HLS or a film, at its own speed."""

import time
from collections.abc import Callable

PULLED_STALL = 20.0
"""HLS brings pieces of some seconds; the next one may take two of them to appear."""


class Pace:
    """Makes pictures that come in one piece appear at the times they were taken."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`now` in seconds."""
        self._now, self._sleep = now, sleep
        self._begun: float | None = None

    def wait_for(self, seconds: float) -> None:
        """Waits until the picture of that time is due; one too late is due at once."""
        now = self._now()
        if self._begun is None or not -1 < self._begun + seconds - now < PULLED_STALL:
            self._begun = now - seconds
        self._sleep(max(self._begun + seconds - now, 0))
