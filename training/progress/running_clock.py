"""A clock that stands still while the process is stopped.

A run planned by time that is stopped for an hour (SIGSTOP, a laptop that sleeps) has an
hour less of its plan left by the system's clock; by this one it goes on where it was.
"""

import threading
import time
from collections.abc import Callable

_EVERY = 10.0
"""Seconds between two looks at the system's clock."""


class RunningClock:
    """Seconds that the process ran; looked at by any thread, and kept going in `with`.

    Args:
        now: The system's clock, in seconds.
        longest: A gap between two looks counts as this much at most: a machine that is
            busy takes longer than `_EVERY`, one that was stopped far longer.
    """

    def __init__(
        self, now: Callable[[], float] = time.monotonic, longest: float = 60.0
    ) -> None:
        self._now, self._longest = now, longest
        self._total, self._last = 0.0, now()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_going, daemon=True)

    def __call__(self) -> float:
        """Returns the seconds so far."""
        with self._lock:
            now = self._now()
            self._total += min(now - self._last, self._longest)
            self._last = now
            return self._total

    def __enter__(self) -> "RunningClock":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _keep_going(self) -> None:
        while not self._ended.wait(_EVERY):
            self()
