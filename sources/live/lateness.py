"""How late the pictures of a live stream come, and whether they will catch up.

What a network held back comes in one burst afterwards, and catches up. A camera that
stood still, its clock included, goes on at its own pace: each picture from then on
seems late by as much, though none is. So what came late at once and stays just as late
is the camera's clock, and what is usual has changed. A network that takes a constant
time longer from one moment on looks the same, and becomes usual as well.
"""

from collections import deque

_SECOND = 90_000
_WINDOW = 10 * _SECOND
_LATE = _SECOND // 5
"""As much as the default of `--max-latency`: less costs no picture."""
_PROOF, _FEWEST = _SECOND // 2, 3
"""So long, and of so many pictures, the delay must stay what it is."""
_STEADY = _SECOND // 50
"""How far the fastest of both halves may be apart: a backlog that shrinks or grows by
8 % of the time, or more, is none of a clock."""


class Excess:
    """How much more than the least of the last while each delay is."""

    def __init__(self, window: int) -> None:
        """`window`: how long the least counts, in the unit of the clock."""
        self._window = window
        self._least: deque[tuple[int, int]] = deque()
        """When, and the delay, of those that no later one undercut."""

    def of(self, delay: int, now: int) -> int:
        """Takes the next delay; returns its excess, 0 for the least."""
        while self._least and self._least[-1][1] >= delay:
            self._least.pop()
        self._least.append((now, delay))
        while self._least[0][0] < now - self._window:
            self._least.popleft()
        return delay - self._least[0][1]


class Lateness:
    """How late pictures are, as far as one clock of the camera goes without a jump.

    All times are in 1/90000 s.
    """

    def __init__(self) -> None:
        """Nothing came yet."""
        self.ticks = 0
        """How much later than the fastest of the last ten seconds the newest came."""
        self._excess = Excess(_WINDOW)
        self._before: int | None = None
        self._since: deque[tuple[int, int]] = deque()
        """When, and the delay, of the newest pictures since one came late at once."""

    def take(self, pts: int, wall: int) -> None:
        """Takes the next picture: the camera's time of it, and when it came."""
        delay = wall - pts
        self.ticks = self._excess.of(delay, wall)
        began = self._before is not None and delay - self._before > _LATE
        self._before = delay
        if self.ticks <= _LATE:
            self._since.clear()
        elif began or self._since:
            self._since.append((wall, delay))

    @property
    def stays(self) -> bool:
        """Whether the pictures came late at once, and are as late as that for good."""
        since = self._since
        while len(since) > _FEWEST and since[-1][0] - since[1][0] >= _PROOF:
            since.popleft()
        if len(since) < _FEWEST or since[-1][0] - since[0][0] < _PROOF:
            return False
        delays = [delay for _, delay in since]
        half = len(delays) // 2
        return abs(min(delays[:half]) - min(delays[half:])) <= _STEADY
