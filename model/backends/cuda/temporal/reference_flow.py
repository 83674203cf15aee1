"""What `flow.py` computes, in numpy: the definition of the device's flow."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from model.backends.cuda.temporal.flow import (
    LONGEST,
    RADIUS,
    REACH,
    SMALLEST,
    STEPS,
    STIFFNESS,
    STREAK,
)

Floats = NDArray[np.float64]


def flow_of(first: Floats, second: Floats) -> Floats:
    """Returns where each pixel of `first` is in `second`: [2, height, width], x and y.

    Both are luma [height, width] from 0 to 255.
    """
    levels = [(first, second)]
    while min(levels[-1][0].shape) >= 2 * SMALLEST:
        levels.append((_halved(levels[-1][0]), _halved(levels[-1][1])))
    flow = np.zeros((2, *levels[-1][0].shape))
    for before, after in reversed(levels[1:] or levels):
        flow = _refined(before, after, _doubled(flow, before.shape))
        flow = np.stack([_median_of_25(flow[0]), _median_of_25(flow[1])])
    return _doubled(flow, first.shape)


def sampled(picture: Floats, away: Floats) -> Floats:
    """Returns a picture [height, width] as seen from `away`, bilinear."""
    height, width = picture.shape
    y, x = np.mgrid[:height, :width] + away[::-1]
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, below = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    x, y = x - left, y - top
    upper = picture[top, left] * (1 - x) + picture[top, right] * x
    lower = picture[below, left] * (1 - x) + picture[below, right] * x
    return np.asarray(upper * (1 - y) + lower * y)


def _refined(before: Floats, after: Floats, flow: Floats) -> Floats:
    wide = np.pad(before, 1, "edge")
    gx = (wide[1:-1, 2:] - wide[1:-1, :-2]) / 2
    gy = (wide[2:, 1:-1] - wide[:-2, 1:-1]) / 2
    a, b = _mean(gx * gx, RADIUS) + STIFFNESS, _mean(gx * gy, RADIUS)
    c = _mean(gy * gy, RADIUS) + STIFFNESS
    determinant = a * c - b * b
    known = determinant / (a + c)
    for _ in range(STEPS):
        miss = np.clip(before - sampled(after, flow), -STREAK, STREAK)
        right, down = _mean(miss * gx, RADIUS), _mean(miss * gy, RADIUS)
        step = np.stack([c * right - b * down, a * down - b * right]) / determinant
        flow = flow + np.clip(step, -LONGEST, LONGEST)
        even = [_mean(part * known, REACH) / _mean(known, REACH) for part in flow]
        flow = np.stack(even)
    return flow


def _mean(x: Floats, radius: int) -> Floats:
    """Returns the mean of the window around each pixel, as far as it is inside."""
    size = (2 * radius + 1, 2 * radius + 1)
    edge, whole = cv2.BORDER_CONSTANT, np.ones_like(x)
    total = cv2.boxFilter(x, cv2.CV_64F, size, normalize=False, borderType=edge)
    count = cv2.boxFilter(whole, cv2.CV_64F, size, normalize=False, borderType=edge)
    return np.asarray(total / count)


def _halved(x: Floats) -> Floats:
    """Returns the means of 2x2 pixels; of what there is of them at an odd edge."""
    height, width = (math.ceil(side / 2) for side in x.shape)
    padded = np.full((2 * height, 2 * width), np.nan)
    padded[: x.shape[0], : x.shape[1]] = x
    return np.asarray(np.nanmean(padded.reshape(height, 2, width, 2), axis=(1, 3)))


def _doubled(flow: Floats, size: tuple[int, ...]) -> Floats:
    if flow.shape[1:] == size:
        return flow
    parts = [cv2.resize(part, (size[1], size[0])) for part in flow]
    return 2 * np.stack(parts)


def _median_of_25(x: Floats) -> Floats:
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, 2, "edge"), (5, 5))
    return np.asarray(np.median(windows, axis=(2, 3)))
