"""Halves a plane as MATLAB's `imresize(plane, 0.5)`: bicubic, with antialiasing.

Keys, "Cubic Convolution Interpolation for Digital Image Processing", IEEE TASSP 1981,
a = -0.5, stretched over 8 pixels; edges are mirrored.
"""

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.luma import Plane

_DISTANCES = np.abs(np.arange(8) - 3.5)


def halved(plane: Plane) -> Plane:
    """Returns the plane at half its size, odd sizes rounded up."""
    return _along(_along(plane, 0), 1)


def _cubic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, near, np.where(x <= 2, far, 0))


def _along(plane: Plane, axis: int) -> Plane:
    weights = _cubic(_DISTANCES / 2)
    weights /= weights.sum()
    size = plane.shape[axis]
    count = (size + 1) // 2
    places = 2 * np.arange(count)[:, None] + np.arange(-3, 5)[None, :]
    mirrored = np.concatenate([np.arange(size), np.arange(size)[::-1]])
    taken = np.take(plane, mirrored[places % (2 * size)], axis=axis)
    return np.asarray(np.tensordot(taken, weights, axes=([axis + 1], [0])))
