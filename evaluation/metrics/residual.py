"""What was taken out of a picture, without a truth: was it streaks, and all of them?

A measure of this project's own. Streaks are thin, long and brighter than what is beside
them, so a picture's streak light is what an opening across removes and one along keeps:
thin masts and wires that stand upright count as streaks too. Precision is the share of
the light taken out that is streak light, recall the share of the picture's streak light
that is gone. Blur has low precision and fair recall, a network that does nothing low
recall; what a veil takes is no streak.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from evaluation.metrics.luma import Plane, RgbArray, luma

_ACROSS, _ALONG = 9, 11
"""Pixels: a streak is narrower than the first and longer than the second."""
_ANGLES = range(-45, 46, 15)
"""Degrees from straight down."""
_NOISE = 2.0
"""Luma levels that count as nothing: sensors and encoders change as much."""


@dataclass(frozen=True, slots=True)
class Residual:
    """Shares from 0 to 1; NaN where there is nothing to have a share of."""

    precision: float
    recall: float


def residual(rainy: RgbArray, output: RgbArray) -> Residual:
    """Returns how much of what was taken is streaks, and how much of them was taken.

    Raises:
        ValueError: The two differ in size.
    """
    if rainy.shape != output.shape:
        shapes = f"{list(rainy.shape)} and {list(output.shape)}"
        raise ValueError(f"Rainy picture and output differ in size: {shapes}.")
    before, after = luma(rainy), luma(output)
    taken = _above_noise(before - after)
    there, left = _above_noise(streak_light(before)), _above_noise(streak_light(after))
    return Residual(
        precision=_share(streak_light(taken).sum(), taken.sum()),
        recall=_share(
            np.minimum(there, np.maximum(there - left, 0)).sum(), there.sum()
        ),
    )


def streak_light(plane: Plane) -> Plane:
    """Returns the part of a plane that is thin, long, upright and bright."""
    values = plane.astype(np.float32)
    across = np.ones((1, _ACROSS), np.uint8)
    thin = values - cv2.morphologyEx(values, cv2.MORPH_OPEN, across)
    along = [cv2.morphologyEx(thin, cv2.MORPH_OPEN, _line(angle)) for angle in _ANGLES]
    return np.max(along, axis=0).astype(np.float64)


def _line(angle: int) -> np.ndarray:
    half = _ALONG // 2
    line = np.zeros((_ALONG, _ALONG), np.uint8)
    for step in range(-half, half + 1):
        x = half + round(step * math.tan(math.radians(angle)))
        line[half + step, min(max(x, 0), _ALONG - 1)] = 1
    return line


def _above_noise(plane: Plane) -> Plane:
    return np.where(plane > _NOISE, plane, 0.0)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else math.nan
