"""What libsvm computes from its model files: regression, and class probabilities.

Chang and Lin, "LIBSVM: A Library for Support Vector Machines", ACM TIST 2011; pairwise
coupling after Wu, Lin, Weng, JMLR 2004. RBF kernel only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
_ROUNDS, _CLOSE = 100, 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A support vector regression."""

    vectors: Vector
    """[count, features]"""
    weights: Vector
    """[count]"""
    offset: float
    gamma: float

    def __call__(self, features: Vector) -> float:
        """Returns the regressed value of one row of features."""
        kernel = rbf(self.vectors, features, self.gamma)
        return float(self.weights @ kernel) - self.offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """A support vector classifier with Platt's sigmoid for each pair of classes."""

    vectors: Vector
    """[count, features], class after class."""
    weights: Vector
    """[count, classes - 1]"""
    counts: tuple[int, ...]
    """How many vectors each class has."""
    offsets: Vector
    """One for each pair of classes, as the two below."""
    slopes: Vector
    shifts: Vector
    gamma: float

    def probabilities(self, features: Vector) -> Vector:
        """Returns the probability of each class for one row of features."""
        kernel = rbf(self.vectors, features, self.gamma)
        classes = len(self.counts)
        pairwise = np.full((classes, classes), 0.5)
        for place, (i, j) in enumerate(_pairs(classes)):
            decision = self._decision(kernel, i, j) - self.offsets[place]
            fitted = self.slopes[place] * decision + self.shifts[place]
            chance = float(np.clip(1 / (1 + np.exp(fitted)), 1e-7, 1 - 1e-7))
            pairwise[i, j], pairwise[j, i] = chance, 1 - chance
        return coupled(pairwise)

    def _decision(self, kernel: Vector, i: int, j: int) -> float:
        ends = np.cumsum((0, *self.counts))
        first, second = slice(ends[i], ends[i + 1]), slice(ends[j], ends[j + 1])
        return float(
            self.weights[first, j - 1] @ kernel[first]
            + self.weights[second, i] @ kernel[second]
        )


def rbf(vectors: Vector, features: Vector, gamma: float) -> Vector:
    """Returns the kernel of every vector with one row of features."""
    return np.asarray(np.exp(-gamma * np.sum((vectors - features) ** 2, axis=1)))


def coupled(pairwise: Vector) -> Vector:
    """Returns the class probabilities that fit pairwise ones [classes, classes]."""
    classes = len(pairwise)
    others = pairwise.T * ~np.eye(classes, dtype=bool)
    matrix = -others * others.T
    np.fill_diagonal(matrix, np.sum(others**2, axis=1))
    chance = np.full(classes, 1 / classes)
    for _ in range(max(_ROUNDS, classes)):
        gradient = matrix @ chance
        total = float(chance @ gradient)
        if np.max(np.abs(gradient - total)) < _CLOSE / classes:
            break
        chance = _round(matrix, chance, gradient, total)
    return chance


def _round(matrix: Vector, chance: Vector, gradient: Vector, total: float) -> Vector:
    for t in range(len(chance)):
        step = (total - gradient[t]) / matrix[t, t]
        chance[t] += step
        whole = 1 + step
        total = (total + step * (step * matrix[t, t] + 2 * gradient[t])) / whole**2
        gradient = (gradient + step * matrix[t]) / whole
        chance /= whole
    return chance


def _pairs(classes: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(classes) for j in range(i + 1, classes)]
