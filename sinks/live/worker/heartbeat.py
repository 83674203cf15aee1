"""Whether a child still works: it answers each packet, and has only so long."""

from collections import deque
from collections.abc import Callable

START_SECONDS = 15.0
"""Until it says that it runs; on a busy machine Python alone takes seconds."""
CONNECT_SECONDS = 3.0
"""From the first packet until its server has answered."""
PACKET_SECONDS = 3.0
"""From a packet until it is sent. FFmpeg blocks for ever on a server that stalls, and
never says so: only the lack of this answer shows it."""


class Heartbeat:
    """The heartbeat of one child. Logic without a thread; the clock is an argument."""

    def __init__(self, now_ns: Callable[[], int]) -> None:
        """The child was started now."""
        self.running = self.connected = False
        self._now_ns = now_ns
        self._open: deque[int] = deque()
        self._since_ns = now_ns()

    def fed(self) -> None:
        """A packet is in the pipe."""
        self._open.append(self._now_ns())

    def heard(self, word: str) -> None:
        """The child said `run`, `up` or `done`."""
        if word == "run":
            self.running = True
        elif word == "up":
            self.connected = True
        elif word == "done" and self._open:
            self._open.popleft()
        self._since_ns = self._now_ns()

    @property
    def overdue(self) -> bool:
        """Whether an answer is missing for too long."""
        if not self.running:
            return self._past(self._since_ns, START_SECONDS)
        if not self._open:
            return False
        limit = PACKET_SECONDS if self.connected else CONNECT_SECONDS
        return self._past(max(self._since_ns, self._open[0]), limit)

    def _past(self, since_ns: int, seconds: float) -> bool:
        return self._now_ns() - since_ns > seconds * 1e9
