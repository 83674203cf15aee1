"""Where each pixel of a frame is in another one, found in rain.

Lucas and Kanade's step (IJCAI 1981) at every pixel, from coarse to fine: "Lucas-Kanade
20 Years On" (Baker and Matthews, IJCV 2004) calls it inverse compositional, for its
gradients are those of the first frame and stay. A difference as large as a streak's has
no more say than a small one, and vectors are evened out by how well texture holds them.

There are two flows. The stiff one holds where it rains: one that follows details
follows streaks, and finds no partner for anything in dense rain. The loose one keeps up
with a fast camera, and with what passes it. It is taken where the frames agree better
along it. The finest level is half the luma's size.

This defines the flow of the temporal step; `model/backends/cuda/temporal/flow.py`
computes it on a GPU. The constants were chosen by measurement: docs/temporal.md.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Flow = NDArray[np.float32]
"""[height, width, 2]: x and y, in pixels."""


@dataclass(frozen=True, slots=True)
class Texture:
    """How well what is seen holds a vector."""

    radius: int
    """Of the window that one vector stands for, in pixels of a level."""
    reach: int
    """Pixels of a level as far as vectors are evened out."""
    stiffness: float
    """Squared gradient that is added to the window's: flat places stay put."""
    steps: int
    """At each level."""


STIFF = Texture(radius=6, reach=10, stiffness=400.0, steps=3)
LOOSE = Texture(radius=3, reach=3, stiffness=100.0, steps=4)
LONGEST = 2.0
"""Pixels of a level that one step moves at most."""
SMALLEST = 12
"""Pixels on a side that the coarsest level has at least."""
STREAK = 20.0
"""Levels of luma: a larger difference is rain or hidden, and counts as this."""
AGREE = 15
"""Pixels around one over which two frames are compared."""
BETTER = 0.95
"""The loose flow's difference must be less than this share of the stiff one's,"""
BY_SHARE, BY_LEVELS = 0.1, 0.02
"""and by this share of the whole picture's, and so many levels: what rain makes of it
by chance."""
BLEND = 4
"""Pixels around one over which one flow goes over into the other."""


def flow_between(first: NDArray[Any], second: NDArray[Any]) -> Flow:
    """Returns how far each pixel of `first` is away in `second`.

    Args:
        first: Luma [height, width] from 0 to 255.
        second: Luma of the same size.
    """
    levels = [(first.astype(np.float32), second.astype(np.float32))]
    while min(levels[-1][0].shape) >= 2 * SMALLEST:
        levels.append((halved(levels[-1][0]), halved(levels[-1][1])))
    finest, *coarse = levels[1:] or levels
    stiff = loose = np.zeros((*levels[-1][0].shape, 2), np.float32)
    for pair in reversed(coarse):
        stiff, loose = _refined(*pair, stiff, STIFF), _refined(*pair, loose, LOOSE)
    if coarse:
        stiff = _better(*coarse[0], stiff, loose)
    stiff, loose = _refined(*finest, stiff, STIFF), _refined(*finest, loose, LOOSE)
    return _doubled(_better(*finest, stiff, loose), first.shape)


def halved(x: Any) -> Any:
    """Returns the means of 2x2 pixels; of what there is of them at an odd edge."""
    height, width = x.shape
    odd = height % 2, width % 2
    if any(odd):
        x = cv2.copyMakeBorder(x, 0, odd[0], 0, odd[1], cv2.BORDER_REPLICATE)
    half = (width + 1) // 2, (height + 1) // 2
    return cv2.resize(x, half, interpolation=cv2.INTER_AREA)


def blurred(x: Any, radius: int) -> Any:
    """Returns the mean around each pixel, where the edge goes on outside."""
    size = (2 * radius + 1, 2 * radius + 1)
    return cv2.blur(x, size, borderType=cv2.BORDER_REPLICATE)


def fetched(x: Any, flow: Flow) -> Any:
    """Returns a picture as seen from `flow` away; bilinear, the edge goes on."""
    places = cv2.add(flow, grid(*flow.shape[:2]))
    edge = cv2.BORDER_REPLICATE
    return cv2.remap(x, places, None, cv2.INTER_LINEAR, borderMode=edge)  # type: ignore[call-overload]


@lru_cache(maxsize=24)
def grid(height: int, width: int) -> Flow:
    """Returns x and y of each pixel, read-only."""
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    places = np.ascontiguousarray(np.stack([columns, rows], axis=-1))
    places.flags.writeable = False
    return places


def _refined(before: Any, after: Any, flow: Any, hold: Texture) -> Any:
    """Returns the flow of a level, from that of this or the next coarser one."""
    calc: Any = cv2
    flow = _doubled(flow, before.shape)
    gx, gy = _slope(before, 1, 0), _slope(before, 0, 1)
    radius, reach = hold.radius, hold.reach
    # Sums instead of means: the count falls out of the step.
    count = _window(before.shape, radius)
    a = _sum(gx * gx, radius) + np.float32(hold.stiffness) * count
    b = _sum(gx * gy, radius)
    c = _sum(gy * gy, radius) + np.float32(hold.stiffness) * count
    determinant = a * c - b * b
    known = determinant / ((a + c) * count)  # how well texture holds the vector
    around = _sum(known, reach)
    a, b, c = a / determinant, b / determinant, c / determinant
    for _ in range(hold.steps):
        miss = np.clip(before - fetched(after, flow), -STREAK, STREAK)
        right, down = _sum(miss * gx, radius), _sum(miss * gy, radius)
        parts = []
        for part, step in zip(
            cv2.split(flow), (c * right - b * down, a * down - b * right), strict=True
        ):
            moved = part + np.clip(step, -LONGEST, LONGEST)
            parts.append(_sum(moved * known, reach) / around)
        flow = calc.merge(parts)
    return calc.merge([cv2.medianBlur(part, 5) for part in cv2.split(flow)])


def _better(before: Any, after: Any, stiff: Any, loose: Any) -> Any:
    """Returns the stiff flow, and the loose one where the frames agree along it."""
    ours, others = (_apart(before, after, flow) for flow in (stiff, loose))
    chance = np.float32(BY_SHARE * float(ours.mean()) + BY_LEVELS)
    taken = (others < BETTER * ours - chance).astype(np.float32)
    return stiff + (loose - stiff) * blurred(taken, BLEND)[..., None]


def _apart(before: Any, after: Any, flow: Any) -> Any:
    miss = np.minimum(cv2.absdiff(before, fetched(after, flow)), np.float32(STREAK))
    return blurred(miss, AGREE)


def _slope(x: Any, across: int, down: int) -> Any:
    edge = cv2.BORDER_REPLICATE
    return cv2.Sobel(x, -1, across, down, None, 1, 0.5, 0, edge)


def _sum(x: Any, radius: int) -> Any:
    """Returns the sum over the window around each pixel, as far as it is inside."""
    size = (2 * radius + 1, 2 * radius + 1)
    edge = cv2.BORDER_CONSTANT
    return cv2.boxFilter(x, -1, size, normalize=False, borderType=edge)


@lru_cache(maxsize=24)
def _window(shape: tuple[int, int], radius: int) -> Any:
    return _sum(np.ones(shape, np.float32), radius)


def _doubled(flow: Any, size: tuple[int, ...]) -> Any:
    """Returns the flow of the next finer level; itself where it is that level's."""
    if flow.shape[:2] == size:
        return flow
    return cv2.resize(flow, (size[1], size[0])) * np.float32(2)
