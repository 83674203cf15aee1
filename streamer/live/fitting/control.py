"""Whether a network can take every picture of a camera: measured, and without flapping.

Logic without threads of its own: what comes is told by those who see it.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from threading import Lock

from streamer.live.metrics.recent import Recent

_WINDOW_NS = 2_000_000_000
"""How far back the camera's rate is counted."""
_FEWEST = 5
"""Pictures of the camera that say something."""
_FEWEST_TIMES = 3
"""Times of the network that do: the first one may be that of preparing it."""
_TIMES = 9
_TIMES_NS = 30_000_000_000
"""So many times of the network count, and none from longer ago."""
_SLOW_NS = 1_000_000_000
"""So long the network must be too slow before it need not take every picture."""
_QUICK_SHARE = 0.7
"""Of the camera's interval: a network that takes less could take every picture."""
_PATIENCE_NS = 10_000_000_000
"""So long it must be that quick before it takes every picture again."""
_MOST_PATIENCE_NS = 600_000_000_000
_TOLD_NS = 5_000_000_000
_INTERVALS_LATER = 3
"""Of the camera: until both later neighbours are there, and one for the work itself."""


@dataclass(frozen=True, slots=True)
class FitStatus:
    """What is done with the pictures that the network has no time for."""

    sparse: bool = False
    """Whether the network need not take every picture."""
    share: float = 1.0
    """Of the pictures of the last seconds, those that went through the network."""

    @property
    def text(self) -> str:
        """What is done, for a person; empty while the network takes every picture."""
        if not self.sparse:
            return ""
        if not self.share:
            return "network on no picture, all from their neighbours"
        every = round(1 / self.share)
        which = "most pictures" if every == 1 else f"every {_ordinal(every)} picture"
        return f"network on {which}, others from their neighbours"


TAKES_ALL = FitStatus()


class FitControl:
    """Decides by the network's time a picture and the camera's interval.

    A network that is taken for quick enough and then is not must prove it twice as long
    the next time, up to ten minutes.
    """

    def __init__(
        self,
        at_once: int,
        now_ns: Callable[[], int],
        most_seconds: float = 1.0,
    ) -> None:
        """Takes the network for quick enough.

        Args:
            at_once: Pictures that the network has under way while it takes them all.
            most_seconds: How long is waited for a picture that it need not take.
            now_ns: The monotonic clock.
        """
        self.taken = self.others = 0
        """Pictures made while the network need not take all: by it, and without it."""
        self._at_once, self._now_ns = at_once, now_ns
        self._most_ns = round(most_seconds * 1e9)
        self._lock = Lock()
        self._came: Recent[None] = Recent(_WINDOW_NS)
        self._times: deque[tuple[int, int]] = deque(maxlen=_TIMES)
        self._made: Recent[bool] = Recent(_TOLD_NS)
        self._sparse = False
        self._since_ns: int | None = None
        self._left_ns: int | None = None
        self._patience_ns = _PATIENCE_NS

    def came(self) -> None:
        """A picture came that should leave."""
        with self._lock:
            self._came.add(self._now_ns(), None)

    def took(self, time_ns: int) -> None:
        """The network took so long for a picture."""
        with self._lock:
            self._times.append((self._now_ns(), time_ns))

    def made(self, taken: bool) -> None:
        """A picture was made while the network need not take all."""
        with self._lock:
            self.taken += taken
            self.others += not taken
            self._made.add(self._now_ns(), taken)

    def decide(self) -> bool:
        """Returns whether the network need not take the next picture."""
        with self._lock:
            now_ns = self._now_ns()
            change = self._wants_change(now_ns)
            if change is None:
                return self._sparse
            if not change:
                self._since_ns = None
                return self._sparse
            self._since_ns = now_ns if self._since_ns is None else self._since_ns
            patience_ns = self._patience_ns if self._sparse else _SLOW_NS
            if now_ns - self._since_ns >= patience_ns:
                self._turn(now_ns)
            return self._sparse

    def patience_ns(self, arrived_ns: int) -> int:
        """Returns how long a picture that is ready should wait before it leaves.

        Pictures behind one that the network took are ready at once when it is. All
        leave with the delay of the slowest of late, so that they do not leave in a
        burst; the slowest itself does not wait.
        """
        with self._lock:
            now_ns = self._now_ns()
            interval_ns = self._interval_ns(now_ns)
            if not self._sparse or interval_ns is None:
                return 0
            slowest_ns = max(self._recent_times(now_ns), default=0)
            delay_ns = min(slowest_ns, self._most_ns) + _INTERVALS_LATER * interval_ns
            return max(round(arrived_ns + delay_ns) - now_ns, 0)

    def _wants_change(self, now_ns: int) -> bool | None:
        """Whether the other way would be right; None if too little is known."""
        interval_ns = self._interval_ns(now_ns)
        times = self._recent_times(now_ns)
        if interval_ns is None or len(times) < _FEWEST_TIMES:
            return None
        time_ns = median(times)
        if not self._sparse:
            return time_ns > interval_ns
        return time_ns / self._at_once < _QUICK_SHARE * interval_ns

    def _interval_ns(self, now_ns: int) -> float | None:
        came = self._came.at(now_ns)
        if len(came) < _FEWEST:
            return None
        return (came[-1][0] - came[0][0]) / (len(came) - 1)

    def _recent_times(self, now_ns: int) -> list[int]:
        return [time for at, time in self._times if at >= now_ns - _TIMES_NS]

    def _turn(self, now_ns: int) -> None:
        self._sparse = not self._sparse
        self._since_ns = None
        self._times.clear()
        if not self._sparse:
            self._left_ns = now_ns
            return
        soon = self._left_ns is not None and now_ns - self._left_ns < 3 * _PATIENCE_NS
        longer = min(2 * self._patience_ns, _MOST_PATIENCE_NS)
        self._patience_ns = longer if soon else _PATIENCE_NS

    def status(self) -> FitStatus:
        """Returns what is done now; for any thread."""
        with self._lock:
            if not self._sparse:
                return TAKES_ALL
            made = self._made.at(self._now_ns())
            taken = sum(taken for _, taken in made)
            return FitStatus(sparse=True, share=taken / len(made) if made else 0.0)


def _ordinal(number: int) -> str:
    teens = 10 < number % 100 < 14
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
