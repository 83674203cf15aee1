"""Gives a live stream one timeline, whatever the camera's clock and connection do.

Cameras restart their clocks with each connection, jump when they learn the time, drift,
and are behind after they stood still. Within a connection the camera's spacing is kept,
since its clock knows better than the network when a picture was taken; where it cannot
be true, the clock of this machine decides (the trouble and the cure:
bluenviron/mediamtx issue 5550).
"""

from fractions import Fraction

from sources.live.lateness import Lateness

TIME_BASE = Fraction(1, 90_000)
_SECOND = 90_000
_JUMP = _SECOND // 4
"""A step longer than the wait for it by more than this is a jump of the clock."""
_FAR = 2 * _SECOND
_LEAST = _SECOND // 100
_DRIFT_SHARE = 100
"""A hundredth of the difference to this machine's clock is made good each picture."""


class Restamper:
    """Turns the times of a camera into ones that rise and keep pace with the clock."""

    def __init__(self) -> None:
        """Time zero is the arrival of the first picture."""
        self.jumps = 0
        """How often the camera's clock jumped, or was found to have stood still."""
        self._shift = 0
        self._begun_ns: int | None = None
        self._last = -_LEAST
        self._last_wall = 0
        self._last_pts: int | None = None
        self._lateness = Lateness()

    @property
    def late_ns(self) -> int:
        """How much later than usual the newest picture came, by the camera's clock.

        0 while nothing is known, as after a jump.
        """
        return self._lateness.ticks * 1_000_000_000 // _SECOND

    def reconnected(self) -> None:
        """The next picture begins a new timeline of the camera."""
        self._last_pts = None

    def place(self, pts: int | None, arrived_ns: int) -> int:
        """Returns the time of the next picture, in `TIME_BASE`.

        Args:
            pts: The camera's time in `TIME_BASE`, or None if it said none.
            arrived_ns: Monotonic clock.
        """
        wall = self._wall(arrived_ns)
        if pts is not None and self._follows(pts, wall):
            placed = max(pts + self._shift, self._last + 1)
            self._shift -= (placed - wall) // _DRIFT_SHARE
        else:
            placed = self._begin_anew(pts, wall)
        self._last, self._last_wall = placed, wall
        self._last_pts = pts
        return placed

    def _begin_anew(self, pts: int | None, wall: int) -> int:
        """Places a picture by this machine's clock, and those that follow beside it."""
        placed = max(self._last + _LEAST, wall)
        self.jumps += pts is not None and self._last_pts is not None
        self._shift = placed - (pts or 0)
        self._lateness = Lateness()
        if pts is not None:
            self._lateness.take(pts, wall)
        return placed

    def beside(self, pts: int, arrived_ns: int) -> int | None:
        """Returns the time of a packet of another track, such as audio, in `TIME_BASE`.

        None while it cannot be known: no picture of this connection told its time, or
        the camera's clock has jumped and no picture told how far.

        Args:
            pts: The camera's time in `TIME_BASE`.
            arrived_ns: Monotonic clock.
        """
        placed = pts + self._shift
        known = self._last_pts is not None
        return placed if known and abs(placed - self._wall(arrived_ns)) < _FAR else None

    def _wall(self, arrived_ns: int) -> int:
        if self._begun_ns is None:
            self._begun_ns = arrived_ns
        return (arrived_ns - self._begun_ns) * _SECOND // 1_000_000_000

    def _follows(self, pts: int, wall: int) -> bool:
        """Takes the next time; returns whether it can be true, given when it came."""
        if self._last_pts is None:
            return False
        step = pts - self._last_pts
        jumped = step <= 0 or step - (wall - self._last_wall) > _JUMP
        if jumped or abs(pts + self._shift - wall) >= _FAR:
            return False
        self._lateness.take(pts, wall)
        return not self._lateness.stays
