"""Which frames are too old for the network: a budget, kept before the work is done."""

from collections.abc import Callable

from sources.frame import Frame
from sources.live.lateness import Excess
from streamer.live.metrics.counters import OVERLOAD

_WINDOW_NS = 10_000_000_000


class Lag:
    """How much later than the others of the last seconds a frame arrived.

    After a hitch in the network the pictures of a second arrive in one burst: each has
    just arrived, and is old. What a frame's own time says of that is used here.
    """

    def __init__(self) -> None:
        """Nothing came yet."""
        self._excess = Excess(_WINDOW_NS)

    def of(self, frame: Frame) -> int:
        """Takes the next frame; returns its lag in nanoseconds, 0 for the fastest.

        The times of a frame are kept in pace with this machine's clock, which looks
        like lag for seconds after a burst; where its source knows better, it is heard.
        """
        delay_ns = frame.arrived_ns - int(frame.pts * frame.time_base * 1_000_000_000)
        lag_ns = self._excess.of(delay_ns, frame.arrived_ns)
        return lag_ns if frame.late_ns is None else min(lag_ns, frame.late_ns)


class LatencyBudget:
    """Refuses frames that cannot be out in time."""

    def __init__(self, budget_ms: float, now_ns: Callable[[], int]) -> None:
        """`budget_ms`: age that a frame may have when the network takes it."""
        self._budget_ns, self._now_ns = budget_ms * 1_000_000, now_ns
        self._lag = Lag()

    def admits(self, frame: Frame) -> bool:
        """Whether `frame` is fresh: its lag and its wait together."""
        return not self.refusal(frame)

    def refusal(self, frame: Frame) -> str:
        """Takes the next frame; returns why it is refused, or nothing.

        `late` came late, from the camera or the network; `overload` waited here.
        """
        waited_ns = self._now_ns() - frame.arrived_ns
        lag_ns = self._lag.of(frame)
        if waited_ns + lag_ns <= self._budget_ns:
            return ""
        return "late" if lag_ns > self._budget_ns else OVERLOAD
