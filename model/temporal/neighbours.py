"""Takes rain out of a moving picture by looking at the frames around each frame.

Rain only adds light, and a streak is gone in the next frame. So a pixel that is
brighter than its place in the scene is in the neighbours, found there along the
optical flow, is replaced by their median. A darker one is never touched, which leaves
texture and dark moving things as they are.

Thresholds are in 8-bit units and were chosen by measurement: docs/temporal.md.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from model.motion.links import FINE, Link, Motion, Path, joined, sampled
from model.pictures.pixels import RgbArray

Plane = NDArray[np.uint8]

REACH = 2
"""How many frames before the one in work, and after it if allowed, are looked at."""


def _ramp(start: int, end: int) -> Plane:
    steps = (np.arange(256, dtype=np.float32) - start) / (end - start)
    return np.rint(255 * np.clip(steps, 0, 1)).astype(np.uint8)


_RAIN = _ramp(2, 8)
_NARROW = 255 - _RAIN
_BRIGHT = np.uint8(64)
"""More light than this counts as this, where frames are compared around a pixel."""
_NOISE = 1.0
"""Mean light around a pixel that is no sign of anything."""
_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11))


class Neighbours:
    """The memory of one stream: its last frames, and how the scene moved in them.

        neighbours = Neighbours(ahead=2)
        for frame in frames:
            neighbours.push(frame)
            if neighbours.due:
                neighbours.take(median)  # of the frame pushed `ahead` before
        neighbours.end()
        while neighbours.due:
            neighbours.take(median)

    Nothing is taken across a cut or a change of size.

    Args:
        ahead: 0 looks at the two frames before and delays nothing; 2 looks at the two
            frames after as well.
        remembered: To go on in mid-stream without delay: `lumas` of another memory,
            when it had seen all frames before. The frames that they belong to are
            pushed first, once more; what is said of those is of no use.
        fine: Pixels up to which flow is estimated at full size.
    """

    def __init__(
        self, ahead: int = 0, remembered: Sequence[Plane] = (), fine: int = FINE
    ) -> None:
        self._ahead = ahead
        self._motion = Motion(fine)
        self._frames: deque[RgbArray] = deque()
        self._links: deque[Link | None] = deque()  # of each frame to the one before
        self._next = 0
        self._ended = False
        self._aligned: dict[int, RgbArray] = {}
        self._owed = deque(remembered)
        self._lumas: deque[Plane] = deque(maxlen=REACH)

    @property
    def lumas(self) -> tuple[Plane, ...]:
        """What the next frames depend on, beside the frames themselves.

        Without delay each frame is found in the cleaned one before it, and so on back
        to the last cut. With frames ahead nothing older than `REACH` frames matters,
        and this is empty.
        """
        return tuple(self._lumas)

    @property
    def due(self) -> bool:
        """Whether a frame can be taken."""
        waiting = len(self._frames) - self._next
        return waiting > (0 if self._ended else self._ahead)

    def push(self, frame: RgbArray) -> None:
        """Adds the next frame, RGB [height, width, 3] of uint8 or uint16; copied.

        Raises:
            RuntimeError: A frame is due, and was not taken.
        """
        if self.due:
            raise RuntimeError("Neighbours.take is owed before the next push.")
        kept = _room(frame, self._oldest())
        np.copyto(kept, frame)
        self._frames.append(kept)
        self._links.append(self._motion.link(kept))

    def end(self) -> None:
        """Says that no frame follows: those that wait for one become due."""
        self._ended = True

    def take(self, median: RgbArray) -> None:
        """Fills in what the neighbours say of the next frame that is due.

        Args:
            median: Like the frame; becomes the frame, with the neighbours' median
                where it is brighter than they are.

        Raises:
            RuntimeError: No frame is due.
        """
        if not self.due:
            raise RuntimeError("No frame is due: push one, or say that they end.")
        self._fill(median)
        if not self._ahead:
            self._remember()

    def _remember(self) -> None:
        if self._owed:
            self._motion.last = self._owed.popleft()
        if self._motion.last is not None:
            self._lumas.append(self._motion.last)

    def _fill(self, median: RgbArray) -> None:
        frame = self._frames[self._next]
        views = list(self._views(self._next, frame))
        self._next += 1
        if len(views) < REACH:
            np.copyto(median, frame)
            return
        misfit = misfit_of(frame, views)
        remove_rain(frame, views, misfit, median)
        if self._next == len(self._frames):
            self._motion.replace_last(median)

    def _oldest(self) -> RgbArray | None:
        """Gives up the frame that nobody needs any more."""
        if len(self._frames) <= REACH + self._ahead:
            return None
        self._next -= 1
        self._links.popleft()
        return self._frames.popleft()

    def _views(self, place: int, frame: RgbArray) -> Iterator[RgbArray]:
        """Yields the neighbours as the frame at `place` would see them.

        What they do not show is taken from the frame itself, and so counts as bright.
        """
        for number, (other, path) in enumerate(self._paths(place)):
            view = self._aligned[number] = _room(frame, self._aligned.get(number))
            sampled(self._frames[other], path.places, view)
            cv2.copyTo(frame, path.lost, view)
            yield view

    def _paths(self, place: int) -> Iterator[tuple[int, Path]]:
        for step in (-1, 1):
            path = None
            for other in range(place + step, place + step * (REACH + 1), step):
                if not 0 <= other < len(self._frames):
                    break
                link = self._links[max(other, other - step)]
                if link is None:
                    break
                hop = link.back if step < 0 else link.forth
                path = hop if path is None else joined(path, hop)
                yield other, path


def _room(frame: RgbArray, kept: RgbArray | None) -> RgbArray:
    """Returns `kept` if a picture like `frame` fits into it, or new room."""
    fits = kept is not None and kept.shape == frame.shape and kept.dtype == frame.dtype
    return kept if kept is not None and fits else np.empty_like(frame)


def remove_rain(
    frame: RgbArray, views: list[RgbArray], misfit: Plane, out: RgbArray
) -> None:
    """Fills `out` with `frame`, made as dark as the median of it and its views.

    Large bright things stay: a lamp that lights up, or a car's.
    """
    calc: Any = cv2
    calc.min(frame, _median_below(views), dst=out)
    excess = calc.subtract(frame, out)
    rain = calc.subtract(_thin(_grey8(excess)), misfit)
    weight, kind = cv2.merge([rain] * 3), _depth(frame)
    removed = calc.multiply(excess, weight, scale=1 / 255, dtype=kind)
    calc.subtract(frame, removed, dst=out)


def _median_below(views: list[RgbArray]) -> RgbArray:
    """Returns the median of the views and something brighter than all of them."""
    calc: Any = cv2
    high, low = calc.max(views[0], views[1]), calc.min(views[0], views[1])
    if len(views) == REACH:
        return high
    if len(views) == 3:
        return calc.max(low, calc.min(high, views[2]))
    second_high, second_low = calc.max(views[2], views[3]), calc.min(views[2], views[3])
    return calc.max(calc.min(high, second_high), calc.max(low, second_low))


def _thin(excess: Plane) -> Plane:
    """Returns 255 where the excess of light is rain: enough of it, and narrow."""
    wide = cv2.morphologyEx(excess, cv2.MORPH_OPEN, _DISC)
    wide = cv2.dilate(wide, _DISC)
    return np.asarray(cv2.min(cv2.LUT(excess, _RAIN), cv2.LUT(wide, _NARROW)), np.uint8)


def misfit_of(frame: RgbArray, views: list[RgbArray]) -> Plane:
    """Returns 255 where the views do not fit the frame, whatever the flow says.

    Rain explains a frame brighter than its views. It hardly ever explains one darker
    than all of them, the less the more there are; where the flow is wrong, one is as
    likely as the other.
    """
    calc: Any = cv2
    darkest = views[0]
    for view in views[1:]:
        darkest = calc.min(darkest, view)
    below = _nearby(calc.subtract(darkest, frame))
    above = _nearby(calc.subtract(frame, _median_below(views)))
    ratio = calc.divide(below, calc.add(above, _NOISE))
    steepness = 255 * len(views)
    excess = calc.addWeighted(ratio, steepness, ratio, 0, -255)
    return calc.convertScaleAbs(calc.max(excess, 0))


def _nearby(difference: RgbArray) -> Any:
    grey = np.minimum(_grey8(difference), _BRIGHT)
    return cv2.boxFilter(grey, cv2.CV_32F, (15, 15))


def _grey8(difference: RgbArray) -> Plane:
    """Returns the luma of a difference, in 8-bit units."""
    grey: Any = cv2.cvtColor(difference, cv2.COLOR_RGB2GRAY)
    if grey.dtype != np.uint8:
        grey = cv2.convertScaleAbs(grey, alpha=1 / 257)
    return np.asarray(grey, np.uint8)


def _depth(picture: RgbArray) -> int:
    return cv2.CV_8U if picture.dtype == np.uint8 else cv2.CV_16U
