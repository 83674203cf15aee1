"""The statistics of natural pictures that NIQE and BRISQUE are built on.

Mittal et al., "No-Reference Image Quality Assessment in the Spatial Domain", IEEE TIP
2012 (MSCN coefficients); Lasmar et al., ICIP 2009 (asymmetric Gaussians).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d
from scipy.special import gamma

from evaluation.metrics.luma import Plane

_SIZE, _SIGMA = 7, 7 / 6
# In flat areas the difference to the mean is noise of 1e-14 whose sign enters the
# features: the original's NIQE then varies by up to 0.7 with the order of summation.
_FLAT = 1e-10

Places = NDArray[np.intp]
Edge = Literal["nearest", "constant"]


@dataclass(frozen=True, slots=True)
class Normalised:
    """A plane without its local mean and contrast."""

    coefficients: Plane
    deviation: Plane
    """The local standard deviation that was divided out."""


def normalised(plane: Plane, edge: Edge) -> Normalised:
    """Returns the MSCN coefficients; `edge` is how the plane goes on outside."""
    mean = _blurred(plane, edge)
    deviation = np.sqrt(np.abs(_blurred(plane**2, edge) - mean**2))
    coefficients = (plane - mean) / (deviation + 1)
    coefficients[np.abs(coefficients) < _FLAT] = 0
    return Normalised(coefficients, deviation)


@dataclass(frozen=True, slots=True)
class Asymmetric:
    """Asymmetric generalised Gaussians, one for each row of values."""

    shape: NDArray[np.float64]
    left: NDArray[np.float64]
    """Root mean square of the values below 0."""
    right: NDArray[np.float64]

    @property
    def scale(self) -> NDArray[np.float64]:
        """What turns `left` and `right` into the distribution's own widths."""
        return np.asarray(np.sqrt(gamma(1 / self.shape) / gamma(3 / self.shape)))

    @property
    def mean_ratio(self) -> NDArray[np.float64]:
        """The mean of the distribution, in units of (right - left) widths."""
        return np.asarray(gamma(2 / self.shape) / gamma(1 / self.shape))


def asymmetric(values: NDArray[np.float64]) -> Asymmetric:
    """Fits each row of `values` [rows, count] by its moments.

    Rows with no value on one side give NaN, as in the authors' code.
    """
    below, above = np.minimum(values, 0), np.maximum(values, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        left = np.sqrt(np.sum(below**2, axis=1) / np.sum(values < 0, axis=1))
        right = np.sqrt(np.sum(above**2, axis=1) / np.sum(values > 0, axis=1))
        ratio = left / right
        mean = np.mean(np.abs(values), axis=1) ** 2 / np.mean(values**2, axis=1)
        wanted = mean * (ratio**3 + 1) * (ratio + 1) / (ratio**2 + 1) ** 2
    shapes, moments = _shapes()
    nearest = _nearest(moments, np.nan_to_num(wanted))
    shape = np.where(np.isnan(wanted), np.nan, shapes[nearest])
    return Asymmetric(shape, left, right)


def symmetric_shape(values: NDArray[np.float64]) -> float:
    """Returns the shape of a generalised Gaussian fitted to all values."""
    shapes, moments = _shapes()
    wanted = np.mean(np.abs(values)) ** 2 / np.mean(values**2)
    # 1 / moments is what the authors compare: the nearest may differ otherwise.
    return float(shapes[np.argmin(np.abs(1 / wanted - 1 / moments))])


def _blurred(plane: Plane, edge: Edge) -> Plane:
    offsets = np.arange(_SIZE) - _SIZE // 2
    weights = np.exp(-(offsets**2) / (2 * _SIGMA**2))
    weights /= weights.sum()
    return correlate1d(
        correlate1d(plane, weights, axis=0, mode=edge), weights, axis=1, mode=edge
    )


def _nearest(ascending: NDArray[np.float64], wanted: NDArray[np.float64]) -> Places:
    """Returns where the nearest value stands; the first of two equally near."""
    after = np.clip(np.searchsorted(ascending, wanted), 1, len(ascending) - 1)
    nearer_before = wanted - ascending[after - 1] <= ascending[after] - wanted
    return after - nearer_before


@lru_cache(maxsize=1)
def _shapes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    shapes = np.arange(200, 10001) / 1000
    return shapes, gamma(2 / shapes) ** 2 / (gamma(1 / shapes) * gamma(3 / shapes))
