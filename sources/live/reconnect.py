"""When to try again: states with their causes, back-off, and what counts as stalled.

Logic without threads: the clock and the random generator are arguments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from random import Random
from typing import Protocol, runtime_checkable

from sources.live.disconnect import FINAL, LASTING, Cause, DisconnectedError

_FIRST_SECONDS, _LONGEST_SECONDS = 1.0, 30.0
_JITTER = 0.2
_HEALTHY_NS = 30_000_000_000
_STALL_SECONDS, _STALL_FRAMES = 2.0, 5
_LONGEST_STALL_SECONDS = 60.0


class State(StrEnum):
    """How a live stream is doing."""

    CONNECTING = "connecting"
    STREAMING = "streaming"
    STALLED = "stalled"
    RECONNECTING = "reconnecting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A state, why it came to it, and since when."""

    state: State
    since_ns: int
    """Monotonic clock."""
    cause: Cause | None = None
    wait_seconds: float = 0.0
    """Until the next attempt."""


def stall_seconds(rate: Fraction | None) -> float:
    """Returns how long no picture may come: 2 s, or 5 pictures of a slow camera."""
    return max(_STALL_SECONDS, float(_STALL_FRAMES / rate) if rate else 0.0)


class Patience:
    """How long no picture may come, learned from one connection after the other.

    A camera of a picture in five seconds that does not say so would be given up after
    two, for ever: where a connection ends before it has shown its rate, the next one
    gets twice the time.
    """

    def __init__(self, seconds: float | None = None) -> None:
        """`seconds` as the user wants it; None to learn it."""
        self._fixed = seconds is not None
        self._seconds = seconds or _STALL_SECONDS
        self._open_factor = 1
        self.announced = 0.0
        """What the last connection's rate asked for; the next one is opened with it."""

    def opening(self, seconds: float) -> float:
        """Returns how long an opening may take, of which the user said `seconds`."""
        return seconds * self._open_factor

    def unanswered(self) -> None:
        """An opening took too long: those that follow get twice the time.

        FFmpeg knows a stream after two or three pictures: 15 s at 0.2 of them a second.
        """
        self._open_factor = 2

    @property
    def seconds(self) -> float:
        """The limit for the next connection."""
        return self._seconds

    def limit(self, announced: float) -> float:
        """Returns the limit, where the stream announces one too."""
        return self._seconds if self._fixed else max(announced, self._seconds)

    def stalled(self, pictures: int) -> None:
        """A connection has stalled after so many pictures."""
        if not self._fixed and pictures < _STALL_FRAMES:
            self._seconds = min(self._seconds * 2, _LONGEST_STALL_SECONDS)


class BackOff:
    """Seconds to wait: 1, 2, 4 ... 30, each give or take a fifth.

    The jitter keeps a hundred cameras behind one switch from returning in one instant.
    """

    def __init__(self, rng: Random, longest: float = _LONGEST_SECONDS) -> None:
        """`rng` makes the jitter; no wait is longer than `longest` seconds."""
        self._rng, self._longest = rng, longest
        self._next = _FIRST_SECONDS

    def seconds(self) -> float:
        """Returns the next wait, and doubles the one after it."""
        wait = self._next * self._rng.uniform(1 - _JITTER, 1 + _JITTER)
        self._next = min(self._next * 2, self._longest)
        return min(max(wait, _FIRST_SECONDS), self._longest)

    def reset(self) -> None:
        """Starts again with the shortest wait."""
        self._next = _FIRST_SECONDS


class Link:
    """What is known of one connection that comes and goes."""

    def __init__(
        self,
        now_ns: Callable[[], int],
        rng: Random,
        on_change: Callable[[Status], None] = lambda _status: None,
    ) -> None:
        """`on_change` hears every change, on the thread that makes it."""
        self.reconnects = 0
        self.patient = False
        """Whether a path that is not found is waited for from the start."""
        self._now_ns, self._on_change = now_ns, on_change
        self._back_off = BackOff(rng)
        self._streamed = False
        self._status = Status(state=State.CONNECTING, since_ns=now_ns())

    @property
    def status(self) -> Status:
        """The state now; may be read by any thread."""
        return self._status

    def attempt(self) -> None:
        """An attempt to connect begins."""
        state = State.RECONNECTING if self._streamed else State.CONNECTING
        self._enter(state, self._status.cause)

    def picture(self) -> None:
        """A whole picture came."""
        if self._status.state is not State.STREAMING:
            self.reconnects += self._streamed
            self._streamed = True
            self._enter(State.STREAMING)
        elif self._now_ns() - self._status.since_ns > _HEALTHY_NS:
            self._back_off.reset()

    def lost(self, error: DisconnectedError) -> float:
        """The connection, or the attempt, is over.

        Returns:
            How many seconds to wait before the next attempt.

        Raises:
            DisconnectedError: Waiting will not mend it: it never worked, or is final.
        """
        lasting = error.cause in LASTING and not self._streamed
        if self.patient and error.cause is Cause.NOT_FOUND:
            lasting = False
        if lasting or error.cause in FINAL:
            self._enter(State.FAILED, error.cause)
            raise error
        wait = self._back_off.seconds()
        stalled = error.cause is Cause.STALLED
        self._enter(State.STALLED if stalled else State.RECONNECTING, error.cause, wait)
        return wait

    def _enter(self, state: State, cause: Cause | None = None, wait: float = 0) -> None:
        before = self._status
        self._status = Status(
            state=state, since_ns=self._now_ns(), cause=cause, wait_seconds=wait
        )
        if (before.state, before.cause) != (state, cause) or wait:
            self._on_change(self._status)


@runtime_checkable
class Reconnects(Protocol):
    """A source that comes back by itself, and says what it refused."""

    link: Link
    dropped: dict[str, int]
    """Pictures that were not handed on, by cause."""
