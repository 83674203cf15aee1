"""How a scene moves between the frames of a stream, and where nobody can tell.

The flow is that of `dense_flow`, on luma behind a 5x5 median, which takes out the
thinnest streaks.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from model.motion.dense_flow import blurred, fetched, flow_between, grid, halved
from model.pictures.pixels import RgbArray

Plane = NDArray[np.uint8]
Places = NDArray[np.float32]
"""[height, width, 2]: x and y, in pixels, of where each pixel is in another frame."""

FINE = 1_000_000
"""Pixels up to which flow is estimated on the whole luma; halved above as often as
needed."""
CUT = 0.8
"""Share of pixels without a partner at which two frames are different scenes."""
ALIKE = 0.35
"""Correlation of coarse detail below which they are, too: flow this smooth finds
partners in anything soft. docs/temporal.md has what frames of one scene have."""
COARSE, DETAIL, FAINT = 3, 8, 1.0
"""How often luma is halved for that, pixels around one whose mean is no detail, and
squared levels that count as alike."""
CHANGED = 40
"""Mean difference of luma, 0 to 255, at which two frames are different scenes."""
_OBJECT = np.ones((25, 25), np.uint8)
"""What is lost in one piece must have this size: streaks disturb the flow, too."""
SMALLEST = 48
"""Pixels on a side below which no flow can be had."""


@dataclass(slots=True)
class Path:
    """Where each pixel of one frame is in another."""

    places: Places
    lost: Plane
    """[height, width], 255 where the pixel is hidden there, outside, or not found."""


@dataclass(slots=True)
class Link:
    """How two consecutive frames of one scene belong together."""

    back: Path
    """From the later frame to the earlier one."""
    forth: Path
    """From the earlier frame to the later one."""


class Motion:
    """Follows one stream from frame to frame; remembers the last one."""

    def __init__(self, fine: int = FINE) -> None:
        """`fine`: pixels up to which flow is estimated at full size."""
        self._fine = fine
        self.last: Plane | None = None
        """What the next frame is linked to: a small luma without streaks."""
        self._size = (0, 0)

    def replace_last(self, cleaned: RgbArray) -> None:
        """Takes a version of the last frame with less rain, for the next link.

        Worth 0.3 dB to a stream that is cleaned without delay.
        """
        self.last = _luma(cleaned, self._fine)

    def link(self, frame: RgbArray) -> Link | None:
        """Returns how `frame` follows the one before.

        None for the first one, after a cut and where the size changes.
        """
        before, self.last = self.last, _luma(frame, self._fine)
        size = (frame.shape[0], frame.shape[1])
        same, self._size = size == self._size, size
        if before is None or not same or min(self.last.shape) < SMALLEST:
            return None
        if _apart(before, self.last) > CHANGED:
            return None
        back = flow_between(self.last, before)
        forth = flow_between(before, self.last)
        astray = _astray(back, forth), _astray(forth, back)
        if max(np.mean(mask) for mask in astray) > CUT * 255:
            return None
        if _likeness(self.last, fetched(before, back)) < ALIKE:
            return None
        return Link(_path(back, astray[0], size), _path(forth, astray[1], size))


def joined(first: Path, second: Path) -> Path:
    """Returns the way along `first` and then along `second`."""
    places = _seen(second.places, first.places)
    lost = _seen(second.lost, first.places, outside=255)
    return Path(places, np.asarray(cv2.max(lost, first.lost), np.uint8))


def sampled(picture: RgbArray, places: Places, out: RgbArray) -> RgbArray:
    """Fills `out` with the picture as seen from where `places` begin.

    Bicubic: bilinear costs 0.2 dB without later frames, 0.3 with them.
    """
    edge = cv2.BORDER_REPLICATE
    cv2.remap(picture, places, None, cv2.INTER_CUBIC, dst=out, borderMode=edge)  # type: ignore[call-overload]
    return out


def _path(flow: Any, astray: Plane, size: tuple[int, int]) -> Path:
    places = cv2.add(flow, grid(*flow.shape[:2]))
    lost: Any = cv2.morphologyEx(astray, cv2.MORPH_OPEN, _OBJECT)
    lost[_outside(places)] = 255
    if lost.shape != size:
        flow = cv2.resize(flow, size[::-1]) * np.float32(size[0] / lost.shape[0])
        lost = cv2.resize(lost, size[::-1], interpolation=cv2.INTER_NEAREST)
        places = cv2.add(flow, grid(*size))
    return Path(np.asarray(places, np.float32), lost)


def _outside(places: Any) -> Any:
    height, width = places.shape[:2]
    x, y = cv2.split(places)
    return (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)


def _seen(picture: Any, places: Any, outside: int | None = None) -> Any:
    edge = cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT
    remap: Any = cv2.remap
    value = (outside or 0,) * 4
    return remap(
        picture, places, None, cv2.INTER_LINEAR, borderMode=edge, borderValue=value
    )


def _astray(flow: Any, way_back: Any) -> Plane:
    """Returns 255 where the way there and back does not end where it began.

    With the bounds of Sundaram et al., "Dense Point Trajectories by GPU-Accelerated
    Large Displacement Optical Flow", ECCV 2010.
    """
    returned = fetched(way_back, flow)
    miss = _squared(cv2.add(flow, returned))
    length = cv2.add(_squared(flow), _squared(returned))
    bound = cv2.addWeighted(length, 0.01, length, 0, 0.5)
    return np.asarray(cv2.compare(miss, bound, cv2.CMP_GT), np.uint8)


def _squared(flow: Any) -> Any:
    x, y = cv2.split(flow)
    return cv2.add(cv2.multiply(x, x), cv2.multiply(y, y))


def _luma(frame: RgbArray, fine: int) -> Plane:
    grey: Any = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    while grey.size > fine:
        height, width = grey.shape
        half = (width + 1) // 2, (height + 1) // 2
        grey = cv2.resize(grey, half, interpolation=cv2.INTER_AREA)
    if grey.dtype != np.uint8:
        grey = cv2.convertScaleAbs(grey, alpha=1 / 257)
    return np.asarray(cv2.medianBlur(grey, 5), np.uint8)


def _apart(first: Plane, second: Plane) -> float:
    return float(np.mean(cv2.absdiff(first, second)))


def _likeness(first: Any, second: Any) -> float:
    """Returns how the coarse details of two lumas correlate, up to 1."""
    x, y = _detail(first), _detail(second)
    both = float(np.sqrt(np.mean(x * x) * np.mean(y * y)))
    return (float(np.mean(x * y)) + FAINT) / (both + FAINT)


def _detail(luma: Any) -> Any:
    coarse = luma.astype(np.float32)
    for _ in range(COARSE):
        coarse = halved(coarse)
    return coarse - blurred(coarse, DETAIL)
