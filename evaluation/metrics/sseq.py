"""SSEQ: entropies of small blocks, in space and frequency; 0 is best, 100 worst.

Liu, Liu, Huang, Bovik, "No-Reference Image Quality Assessment Based on Spatial and
Spectral Entropies", Signal Processing: Image Communication 2014, as the authors'
release computes it (github.com/utlive/SSEQ).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn

from evaluation.metrics.halving import halved
from evaluation.metrics.luma import Plane, RgbArray, grey
from evaluation.metrics.svm import Classifier, Regression

_BLOCK, _SCALES = 8, 3
_NOTHING = 1e-8
_AT_ONCE = 4096
"""Blocks that are counted together: what they take stays in the processor's cache."""

Features = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SseqModel:
    """The authors' trained figures: what kind of damage, and how much of each."""

    low: Features
    high: Features
    kinds: Classifier
    amounts: Sequence[Regression]


def sseq(picture: RgbArray, model: SseqModel) -> float:
    """Returns the score of a picture.

    Raises:
        ValueError: The picture is smaller than one block of 8x8 at the third scale.
    """
    features = sseq_features(picture)
    scaled = 2 * (features - model.low) / (model.high - model.low) - 1
    amounts = np.array([amount(scaled) for amount in model.amounts])
    return float(50 * (model.kinds.probabilities(scaled) @ amounts) + 50)


def sseq_features(picture: RgbArray) -> Features:
    """Returns the 12 features: per scale mean and skew, in space and frequency.

    Raises:
        ValueError: The picture is too small.
    """
    plane = grey(picture)
    if min(plane.shape) < _BLOCK * 2 ** (_SCALES - 1):
        raise ValueError(f"SSEQ needs 32x32 pixels or more, got {list(plane.shape)}.")
    features: list[float] = []
    for scale in range(_SCALES):
        if scale:
            plane = np.clip(np.floor(halved(plane) + 0.5), 0, 255)
        for entropies in _entropies(_blocks(plane)):
            features += [_middle_mean(entropies), _skew(entropies)]
    return np.array(features)


def _blocks(plane: Plane) -> Plane:
    height, width = (-size % _BLOCK for size in plane.shape)
    padded = np.pad(plane, ((0, height), (0, width)))
    rows, columns = padded.shape[0] // _BLOCK, padded.shape[1] // _BLOCK
    cut = padded.reshape(rows, _BLOCK, columns, _BLOCK)
    return cut.transpose(0, 2, 1, 3).reshape(-1, _BLOCK, _BLOCK)


def _entropies(blocks: Plane) -> tuple[Features, Features]:
    """Returns the entropy of each block, in space and in frequency."""
    parts = [blocks[i : i + _AT_ONCE] for i in range(0, len(blocks), _AT_ONCE)]
    spatial = np.concatenate([_spatial(part) for part in parts])
    return spatial, np.concatenate([_spectral(part) for part in parts])


def _spatial(blocks: Plane) -> Features:
    values = blocks.reshape(len(blocks), -1).astype(np.int64)
    places = values + 256 * np.arange(len(blocks))[:, None]
    counts = np.bincount(places.ravel(), minlength=256 * len(blocks))
    # A count is one of 0 to 64: a table is ten times as fast as logarithms.
    share = np.arange(1, _BLOCK**2 + 1) / _BLOCK**2
    told = np.concatenate([[0.0], share * np.log2(share)])
    return np.asarray(-told[counts.reshape(len(blocks), 256)].sum(axis=1))


def _spectral(blocks: Plane) -> Features:
    spectrum = dctn(blocks, axes=(1, 2), norm="ortho").reshape(len(blocks), -1)
    spectrum[:, 0] = _NOTHING
    power = spectrum**2
    power /= power.sum(axis=1, keepdims=True)
    power[power == 0] = _NOTHING
    return np.asarray(-np.sum(power * np.log2(power), axis=1))


def _middle_mean(values: Features) -> float:
    ordered = np.sort(values)
    first, last = math.ceil(0.2 * len(values)), math.ceil(0.8 * len(values))
    return float(ordered[max(first, 1) - 1 : last].mean())


def _skew(values: Features) -> float:
    apart = values - values.mean()
    spread = float(np.mean(apart**2))
    return float(np.mean(apart**3)) / spread**1.5 if spread else 0.0
