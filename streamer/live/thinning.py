"""Leaves out pictures of a live source that are more than the run wants."""

from fractions import Fraction

from sources.frame import Frame

_EARLY = Fraction(1, 100)
"""Seconds: times jitter, and what comes a little early is not put off."""


class Thinning:
    """Chooses pictures that are evenly apart by their own times; for one thread."""

    def __init__(self, rate: int) -> None:
        """`rate`: so many pictures a second at most."""
        self._step = Fraction(1, rate)
        self._due: Fraction | None = None

    def wants(self, frame: Frame) -> bool:
        """Returns whether the next frame is wanted."""
        now = frame.pts * frame.time_base
        if self._due is None or now - self._due > self._step:
            self._due = now
        if now < self._due - _EARLY:
            return False
        self._due += self._step
        return True
