"""FSIM and FSIMc: likeness of phase congruency and gradient, weighed by the former.

Zhang, Zhang, Mou, Zhang, "FSIM: A Feature Similarity Index for Image Quality
Assessment", IEEE TIP 2011; written from the paper.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import convolve2d

from evaluation.metrics.fidelity import shrink_factor
from evaluation.metrics.luma import Plane, RgbArray, require_picture
from evaluation.metrics.phase_congruency import phase_congruency

_T1, _T2, _T3, _T4 = 0.85, 160.0, 200.0, 200.0
_LAMBDA = 0.03
_YIQ = np.array(
    [[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]]
)
_SCHARR = np.array([[3.0, 0.0, -3.0], [10.0, 0.0, -10.0], [3.0, 0.0, -3.0]]) / 16


@dataclass(frozen=True, slots=True)
class Similarity:
    """Both figures of one pair, 0 to 1; 1 is equal."""

    fsim: float
    """On luma alone: what papers call FSIM."""
    fsimc: float
    """With the two colour channels."""


def feature_similarity(output: RgbArray, truth: RgbArray) -> Similarity:
    """Returns FSIM and FSIMc of two uint8 RGB pictures.

    Raises:
        ValueError: The two differ in size.
    """
    if output.shape != truth.shape:
        raise ValueError(
            f"Output and truth differ in shape: {list(output.shape)} and "
            f"{list(truth.shape)}."
        )
    ours, theirs = _small_yiq(output), _small_yiq(truth)
    congruency = phase_congruency(ours[0]), phase_congruency(theirs[0])
    weight = np.maximum(*congruency)
    likeness = _alike(*congruency, _T1) * _alike(
        _gradient(ours[0]), _gradient(theirs[0]), _T2
    )
    colour = _alike(ours[1], theirs[1], _T3) * _alike(ours[2], theirs[2], _T4)
    chroma = np.real(colour.astype(np.complex128) ** _LAMBDA)
    return Similarity(_weighed(likeness, weight), _weighed(likeness * chroma, weight))


def _weighed(likeness: NDArray[np.float64], weight: Plane) -> float:
    total = float(np.sum(weight))
    # Two flat pictures have no features at all: the plain mean is what is left.
    return float(np.sum(likeness * weight)) / total if total else float(likeness.mean())


def _alike(a: Plane, b: Plane, constant: float) -> Plane:
    return (2 * a * b + constant) / (a**2 + b**2 + constant)


def _gradient(plane: Plane) -> Plane:
    return np.hypot(
        convolve2d(plane, _SCHARR, mode="same"),
        convolve2d(plane, _SCHARR.T, mode="same"),
    )


def _small_yiq(picture: RgbArray) -> list[Plane]:
    require_picture(picture)
    channels = picture.astype(np.float64) @ _YIQ.T
    factor = shrink_factor(channels[..., 0])
    return [_averaged(channels[..., i], factor) for i in range(3)]


def _averaged(plane: Plane, factor: int) -> Plane:
    """Returns every `factor`-th pixel of the box mean, zeros outside: `conv2 same`."""
    if factor == 1:
        return plane
    box = np.full((factor, factor), 1 / factor**2)
    start = factor // 2
    height, width = plane.shape
    smooth = convolve2d(plane, box, mode="full")
    return smooth[start : start + height, start : start + width][::factor, ::factor]
