"""Says in the log why a server is away: at once, and then ever more rarely."""

import logging
import time
from collections.abc import Callable

_QUIET_SECONDS, _LONGEST_QUIET_SECONDS = 5.0, 600.0
"""Until the same complaint is repeated in the log, at first and at most."""
_LOG = logging.getLogger("derain.sink")


class Rarely:
    """Lets a problem be told when it is new, and then ever more rarely."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` in seconds."""
        self._now = now
        self._last, self._next, self._pause = "", 0.0, _QUIET_SECONDS
        self._silent = 0

    def due(self, problem: str) -> str | None:
        """Returns what to add to `problem` in the log; None: it was told lately."""
        now = self._now()
        if problem == self._last and now < self._next:
            self._silent += 1
            return None
        self._pause = (
            min(self._pause * 2, _LONGEST_QUIET_SECONDS)
            if problem == self._last
            else _QUIET_SECONDS
        )
        more = f" ({self._silent} times more)" if self._silent else ""
        self._last, self._next, self._silent = problem, now + self._pause, 0
        return more

    def over(self) -> None:
        """The problem is gone: the same one is new again."""
        self._last, self._silent = "", 0


class Complaints:
    """Says why a sink is away, and that it is back. Takes its clock."""

    def __init__(self, name: str, now: Callable[[], float] = time.monotonic) -> None:
        """`name` of the sink; `now` in seconds."""
        self._name, self._rarely = name, Rarely(now)

    def say(self, problem: str) -> None:
        """Logs `problem`, unless the same was logged a short while ago."""
        more = self._rarely.due(problem)
        if more is not None:
            _LOG.warning("sink=%s away=%r%s", self._name, problem, more)

    def over(self) -> None:
        """The sink is there: says so."""
        self._rarely.over()
        _LOG.info("sink=%s connected", self._name)
