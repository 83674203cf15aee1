"""Which frames are too old for the network: a budget, kept before the work is done."""

from collections import deque
from collections.abc import Callable

from sources.frame import Frame
from streamer.live.metrics.counters import OVERLOAD

_WINDOW_NS = 10_000_000_000


class Lag:
    """How much later than the others of the last seconds a frame arrived.

    After a hitch in the network the pictures of a second arrive in one burst: each has
    just arrived, and is old. What a frame's own time says of that is used here.
    """

    def __init__(self) -> None:
        """Nothing came yet."""
        self._least: deque[tuple[int, int]] = deque()
        """When, and arrival less own time, of frames that no later one undercut."""

    def of(self, frame: Frame) -> int:
        """Takes the next frame; returns its lag in nanoseconds, 0 for the fastest."""
        delay_ns = frame.arrived_ns - int(frame.pts * frame.time_base * 1_000_000_000)
        while self._least and self._least[-1][1] >= delay_ns:
            self._least.pop()
        self._least.append((frame.arrived_ns, delay_ns))
        while self._least[0][0] < frame.arrived_ns - _WINDOW_NS:
            self._least.popleft()
        return delay_ns - self._least[0][1]


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
