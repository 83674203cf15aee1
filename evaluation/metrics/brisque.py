"""BRISQUE: statistics of natural pictures, weighed by a regression; less is better.

Mittal, Moorthy, Bovik, "No-Reference Image Quality Assessment in the Spatial Domain",
IEEE TIP 2012, as the authors' release computes it (github.com/utlive/BRISQUE).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.halving import halved
from evaluation.metrics.luma import Plane, RgbArray, grey
from evaluation.metrics.naturalness import asymmetric, normalised, symmetric_shape
from evaluation.metrics.svm import Regression

_SHIFTS = ((0, 1), (1, 0), (1, 1), (-1, 1))
_SMALLEST = 16

Features = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrisqueModel:
    """The authors' trained figures."""

    low: Features
    """What each feature's smallest value in training was: it becomes -1."""
    high: Features
    quality: Regression


def brisque(picture: RgbArray, model: BrisqueModel) -> float:
    """Returns the score of a picture: about 0 for the best, 100 for the worst.

    Raises:
        ValueError: The picture is too small or flat.
    """
    features = brisque_features(picture)
    if np.isnan(features).any():
        raise ValueError("BRISQUE needs a picture that is not flat.")
    return model.quality(2 * (features - model.low) / (model.high - model.low) - 1)


def brisque_features(picture: RgbArray) -> Features:
    """Returns the 36 features, 18 for each of two scales.

    Raises:
        ValueError: The picture is too small.
    """
    plane = grey(picture)
    if min(plane.shape) < _SMALLEST:
        raise ValueError(f"BRISQUE needs 16x16 pixels, got {list(plane.shape)}.")
    return np.array([*_scale_features(plane), *_scale_features(halved(plane))])


def _scale_features(plane: Plane) -> list[float]:
    coefficients = normalised(plane, "constant").coefficients
    values = coefficients.ravel()
    if not values.any():
        return [float("nan")] * 18
    features = [symmetric_shape(values), float(np.mean(values**2))]
    for shift in _SHIFTS:
        neighbour = np.roll(coefficients, shift, axis=(0, 1)).ravel()
        fit = asymmetric((values * neighbour)[None, :])
        mean = (fit.right - fit.left) * fit.mean_ratio * fit.scale
        columns = (fit.shape, mean, fit.left**2, fit.right**2)
        features += [float(column[0]) for column in columns]
    return features
