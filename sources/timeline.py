"""Gives every frame a presentation time, also where the stream has none."""

from fractions import Fraction


class Timeline:
    """Turns the times of a decoder into strictly increasing ones.

    Times that rise are left exactly as they are. A missing one is put one frame after
    the one before; one that does not rise is moved just behind it and counted.
    """

    def __init__(self, step: int) -> None:
        """`step`: units of the time base that one frame usually lasts."""
        self._step = max(step, 1)
        self._last: int | None = None
        self.moved = 0

    def place(self, pts: int | None) -> int:
        """Returns the time of the next frame, given what the stream says of it."""
        if self._last is None:
            placed = pts if pts is not None else 0
        elif pts is None:
            placed = self._last + self._step
        else:
            placed = max(pts, self._last + 1)
            self.moved += placed != pts
        self._last = placed
        return placed


def usual_step(time_base: Fraction, rate: Fraction | None) -> int:
    """Returns how many units of `time_base` a frame lasts at `rate`."""
    return round(1 / (rate or Fraction(25)) / time_base)
