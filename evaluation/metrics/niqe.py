"""NIQE: how far a picture's statistics are from those of pristine ones; less is better.

Mittal, Soundararajan, Bovik, "Making a Completely Blind Image Quality Analyzer", IEEE
SPL 2013, as the authors' release computes it (github.com/utlive/niqe), but steady in
flat areas.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.halving import halved
from evaluation.metrics.luma import Plane, RgbArray, grey
from evaluation.metrics.naturalness import asymmetric, normalised

BLOCK = 96
_SHIFTS = ((0, 1), (1, 0), (1, 1), (1, -1))
_SHARP_ENOUGH = 0.75
_AT_ONCE = 64
"""Blocks that are looked at together: of a large photograph all take gigabytes."""

Features = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pristine:
    """Mean [36] and covariance [36, 36] of the features of good pictures."""

    mean: Features
    covariance: Features


def niqe(picture: RgbArray, pristine: Pristine) -> float:
    """Returns the distance of a picture from the pristine model.

    Raises:
        ValueError: The picture holds fewer than two whole blocks of 96x96, or is flat.
    """
    features = niqe_features(picture)
    good = features[~np.isnan(features).any(axis=1)]
    if len(good) < 2:
        raise ValueError("NIQE needs two blocks of 96x96 that are not flat.")
    apart = pristine.mean - np.nanmean(features, axis=0)
    covariance = (pristine.covariance + np.cov(good, rowvar=False)) / 2
    return float(np.sqrt(apart @ np.linalg.pinv(covariance) @ apart))


def niqe_features(picture: RgbArray) -> Features:
    """Returns 36 features for each whole block [blocks, 36]; flat ones hold NaN.

    Raises:
        ValueError: The picture is smaller than one block.
    """
    return _features(_whole_blocks(grey(picture)))[0]


def pristine_features(picture: RgbArray) -> Features:
    """Returns the features of those blocks that are sharp enough to learn from.

    Raises:
        ValueError: The picture is smaller than one block.
    """
    features, sharpness = _features(_whole_blocks(grey(picture)))
    return features[sharpness > _SHARP_ENOUGH * sharpness.max()]


def fitted(features: Sequence[Features]) -> Pristine:
    """Returns the model of all blocks of a collection of good pictures.

    Raises:
        ValueError: There are too few blocks for a covariance.
    """
    rows = np.concatenate(features) if features else np.empty((0, 36))
    rows = rows[~np.isnan(rows).any(axis=1)]
    if len(rows) < 2 * rows.shape[1]:
        raise ValueError(f"A pristine model needs 72 sharp blocks, got {len(rows)}.")
    return Pristine(rows.mean(axis=0), np.cov(rows, rowvar=False))


def _whole_blocks(plane: Plane) -> Plane:
    height, width = (size // BLOCK * BLOCK for size in plane.shape)
    if not height or not width:
        raise ValueError(
            f"NIQE needs {BLOCK}x{BLOCK} pixels or more, got "
            f"{plane.shape[1]}x{plane.shape[0]}."
        )
    return plane[:height, :width]


def _features(plane: Plane) -> tuple[Features, NDArray[np.float64]]:
    fine = normalised(plane, "nearest")
    coarse = normalised(halved(plane), "nearest")
    sharpness = _blocks(fine.deviation, BLOCK).mean(axis=(1, 2))
    both = [
        _in_parts(_blocks(fine.coefficients, BLOCK)),
        _in_parts(_blocks(coarse.coefficients, BLOCK // 2)),
    ]
    return np.hstack(both), sharpness


def _blocks(plane: Plane, size: int) -> Plane:
    rows, columns = plane.shape[0] // size, plane.shape[1] // size
    cut = plane.reshape(rows, size, columns, size)
    return cut.transpose(0, 2, 1, 3).reshape(-1, size, size)


def _in_parts(blocks: Plane) -> Features:
    parts = range(0, len(blocks), _AT_ONCE)
    return np.concatenate([_block_features(blocks[i : i + _AT_ONCE]) for i in parts])


def _block_features(blocks: Plane) -> Features:
    flat = blocks.reshape(len(blocks), -1)
    own = asymmetric(flat)
    columns = [own.shape, (own.left + own.right) / 2 * own.scale]
    for shift in _SHIFTS:
        neighbour = np.roll(blocks, shift, axis=(1, 2))
        fit = asymmetric(flat * neighbour.reshape(len(blocks), -1))
        left, right = fit.left * fit.scale, fit.right * fit.scale
        columns += [fit.shape, (right - left) * fit.mean_ratio, left, right]
    return np.stack(columns, axis=1)
