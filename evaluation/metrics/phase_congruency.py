"""Phase congruency: where the waves of a picture agree, as FSIM needs it.

Kovesi, "Image Features from Phase Congruency", Videre 1999, in the form that Zhang et
al. (FSIM, IEEE TIP 2011) fixed: 4 scales, 4 orientations, noise from the finest scale.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from evaluation.metrics.luma import Plane

_SCALES, _ORIENTATIONS = 4, 4
_FINEST_WAVELENGTH = 6.0
_SIGMA_ON_FREQUENCY = 0.55
_ANGLE_ON_SIGMA = 1.2
_NOISE_DEVIATIONS = 2.0
_NOISE_DIVISOR = 1.7
_CUTOFF, _ORDER = 0.45, 15
_EPSILON = 1e-4

Spectrum = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class _Direction:
    """The filters of one orientation, and what pure noise gives through them."""

    filters: tuple[Plane, ...]
    finest_energy: float
    noise_gain: float


def phase_congruency(plane: Plane) -> Plane:
    """Returns phase congruency in 0 to 1, of the same shape [height, width]."""
    spectrum = fft.fft2(plane)
    energy, amplitude = np.zeros(plane.shape), np.zeros(plane.shape)
    for direction in _bank(*plane.shape):
        waves = [fft.ifft2(spectrum * filtered) for filtered in direction.filters]
        energy += np.maximum(_agreement(waves) - _threshold(waves[0], direction), 0)
        amplitude += np.sum(np.abs(waves), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(energy / amplitude)


def _agreement(waves: list[Spectrum]) -> Plane:
    total = np.sum(waves, axis=0)
    mean = total / (np.abs(total) + _EPSILON)
    even, odd = mean.real, mean.imag
    along = [wave.real * even + wave.imag * odd for wave in waves]
    across = [np.abs(wave.real * odd - wave.imag * even) for wave in waves]
    return np.asarray(np.sum(along, axis=0) - np.sum(across, axis=0))


def _threshold(finest: Spectrum, direction: _Direction) -> float:
    mean_square = float(np.median(np.abs(finest) ** 2)) / math.log(2)
    power = mean_square / direction.finest_energy
    tau = math.sqrt(power * direction.noise_gain / 2)
    noise = tau * math.sqrt(math.pi / 2)
    spread = tau * math.sqrt(2 - math.pi / 2)
    return (noise + _NOISE_DEVIATIONS * spread) / _NOISE_DIVISOR


@lru_cache(maxsize=4)
def _bank(height: int, width: int) -> tuple[_Direction, ...]:
    y, x = np.meshgrid(_frequencies(height), _frequencies(width), indexing="ij")
    radius = fft.ifftshift(np.hypot(x, y))
    angle = fft.ifftshift(np.arctan2(-y, x))
    lowpass = 1 / (1 + (radius / _CUTOFF) ** (2 * _ORDER))
    radius[0, 0] = 1
    scales = [lowpass * _log_gabor(radius, s) for s in range(_SCALES)]
    for scale in scales:
        scale[0, 0] = 0
    return tuple(_direction(scales, angle, o) for o in range(_ORIENTATIONS))


def _frequencies(size: int) -> NDArray[np.float64]:
    # Odd sizes are spread over -0.5 to 0.5 inclusive, as in the original.
    if size % 2:
        return np.arange(-(size - 1) / 2, (size - 1) / 2 + 1) / max(size - 1, 1)
    return np.arange(-size / 2, size / 2) / size


def _log_gabor(radius: Plane, scale: int) -> Plane:
    centre = 1 / (_FINEST_WAVELENGTH * 2**scale)
    width = 2 * math.log(_SIGMA_ON_FREQUENCY) ** 2
    return np.exp(-(np.log(radius / centre) ** 2) / width)


def _direction(scales: list[Plane], angle: Plane, orientation: int) -> _Direction:
    turn = orientation * math.pi / _ORIENTATIONS
    sine = np.sin(angle) * math.cos(turn) - np.cos(angle) * math.sin(turn)
    cosine = np.cos(angle) * math.cos(turn) + np.sin(angle) * math.sin(turn)
    distance = np.abs(np.arctan2(sine, cosine))
    sigma = math.pi / _ORIENTATIONS / _ANGLE_ON_SIGMA
    spread = np.exp(-(distance**2) / (2 * sigma**2))
    filters = tuple(scale * spread for scale in scales)
    return _Direction(filters, float(np.sum(filters[0] ** 2)), _noise_gain(filters))


def _noise_gain(filters: tuple[Plane, ...]) -> float:
    size = filters[0].size
    kernels = [fft.ifft2(f).real * math.sqrt(size) for f in filters]
    squares = sum(float(np.sum(kernel**2)) for kernel in kernels)
    products = sum(
        float(np.sum(kernels[i] * kernels[j]))
        for i in range(len(kernels))
        for j in range(i + 1, len(kernels))
    )
    return 2 * squares + 4 * products
