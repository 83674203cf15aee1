"""How close a plane is to the truth: PSNR and the two SSIM files in use.

Wang et al., "Image Quality Assessment: From Error Visibility to Structural
Similarity", IEEE TIP 2004. `ssim` is its code of 2003 (`ssim_index.m`), `ssim_2009`
the later `ssim.m`, which shrinks large pictures first.
"""

import math

import numpy as np
from scipy.ndimage import correlate1d
from scipy.signal import convolve2d

from evaluation.metrics.luma import Plane, RgbArray

_PEAK = 255.0
_C1, _C2 = (0.01 * _PEAK) ** 2, (0.03 * _PEAK) ** 2
_WINDOW, _SIGMA = 11, 1.5


def psnr(output: Plane, truth: Plane) -> float:
    """Returns the peak signal-to-noise ratio in dB for values of 0 to 255.

    Any shape, one mean over all of it. Equal planes give infinity.

    Raises:
        ValueError: The two differ in shape.
    """
    _require_alike(output, truth)
    error = float(np.mean((output - truth) ** 2))
    return math.inf if error == 0 else 10 * math.log10(_PEAK**2 / error)


def ssim(output: Plane, truth: Plane) -> float:
    """Returns the mean structural similarity of two planes [height, width], 0 to 255.

    11x11 Gaussian of sigma 1.5, only where it lies wholly inside; no downsampling.

    Raises:
        ValueError: The two differ in shape or are smaller than the window.
    """
    _require_alike(output, truth)
    if min(output.shape) < _WINDOW:
        raise ValueError(f"SSIM needs 11x11 pixels or more, got {list(output.shape)}.")
    mean_x, mean_y = _local_mean(output), _local_mean(truth)
    product = mean_x * mean_y
    squares = mean_x**2 + mean_y**2
    covariance = _local_mean(output * truth) - product
    variances = _local_mean(output**2) + _local_mean(truth**2) - squares
    likeness = ((2 * product + _C1) * (2 * covariance + _C2)) / (
        (squares + _C1) * (variances + _C2)
    )
    return float(np.mean(likeness))


def ssim_2009(output: Plane, truth: Plane) -> float:
    """Returns `ssim` after shrinking by round(shorter side / 256), at least 1.

    Raises:
        ValueError: As `ssim`.
    """
    _require_alike(output, truth)
    factor = shrink_factor(output)
    return ssim(shrunk(output, factor), shrunk(truth, factor))


def shrink_factor(plane: Plane) -> int:
    """Returns max(1, round(shorter side / 256)), halves rounded up as MATLAB does."""
    return max(1, math.floor(min(plane.shape) / 256 + 0.5))


def shrunk(plane: Plane, factor: int) -> Plane:
    """Returns every `factor`-th pixel of the box-filtered plane, mirrored outside."""
    if factor == 1:
        return plane
    # imfilter(..., 'symmetric'): an even box reaches one pixel further forward.
    padded = np.pad(plane, factor, mode="symmetric")
    box = np.full((factor, factor), 1 / factor**2)
    smooth = convolve2d(padded, box, mode="full")
    start = factor + factor // 2
    height, width = plane.shape
    return smooth[start : start + height, start : start + width][::factor, ::factor]


def _local_mean(plane: Plane) -> Plane:
    offsets = np.arange(_WINDOW) - _WINDOW // 2
    weights = np.exp(-(offsets**2) / (2 * _SIGMA**2))
    weights /= weights.sum()
    blurred = correlate1d(correlate1d(plane, weights, axis=0), weights, axis=1)
    edge = _WINDOW // 2
    return blurred[edge:-edge, edge:-edge]


def _require_alike(output: Plane, truth: Plane) -> None:
    if output.shape != truth.shape:
        raise ValueError(
            f"Output and truth differ in shape: {list(output.shape)} and "
            f"{list(truth.shape)}."
        )


def fitted_to(output: RgbArray, truth: RgbArray) -> RgbArray:
    """Returns the output in the truth's light: 8-bit RGB again.

    Each colour gets the gain and the offset of the least squared error, for pairs that
    were taken one after the other, in two lights.
    """
    fitted = np.empty_like(output)
    for channel in range(3):
        values = output[..., channel].astype(np.float64)
        wanted = truth[..., channel].astype(np.float64)
        spread = values.var()
        gain = ((values - values.mean()) * wanted).mean() / spread if spread else 0.0
        scaled = wanted.mean() + gain * (values - values.mean())
        fitted[..., channel] = np.clip(np.floor(scaled + 0.5), 0, 255)
    return fitted
