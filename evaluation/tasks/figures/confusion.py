"""Segmentation: pixel accuracy and intersection over union, over a whole set.

Every figure is of one matrix summed over all pictures; means of pictures are another
thing (notes in docs/evaluation.md). Void pixels count neither way.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.tasks.labels.classes import VOID

Counts = NDArray[np.int64]
"""[..., classes, classes + 1]: pixels by true class and judged class; the last column
holds what the judge called by a name that the labels do not have."""
Floats = NDArray[np.float64]


def confusion(
    truth: NDArray[np.uint8], judged: NDArray[np.uint8], classes: int
) -> Counts:
    """Returns the counts of one picture.

    Args:
        truth: [height, width], `VOID` for what does not count.
        judged: Alike; every value from `classes` on is none of the labels' classes.
        classes: How many the labels have.
    """
    counted = truth != VOID
    own = truth[counted].astype(np.int64)
    said = np.minimum(judged[counted].astype(np.int64), classes)
    flat = np.bincount(own * (classes + 1) + said, minlength=classes * (classes + 1))
    return flat.reshape(classes, classes + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """The figures of a matrix, as shares of 1; arrays where there were several."""

    pa: Floats
    """Pixels that are right, of all that count."""
    mpa: Floats
    """Mean over the classes present of the share of their pixels that is right."""
    miou: Floats
    """Mean over classes that are in the labels or were judged to be there."""
    class_pa: Floats
    """[..., classes]; NaN where a class is not in the labels."""
    class_iou: Floats
    """[..., classes]; NaN where a class is neither in the labels nor judged."""


def segmentation(counts: NDArray[np.number]) -> Segmentation:
    """Returns the figures of counts, [..., classes, classes + 1]."""
    table = np.asarray(counts, np.float64)
    right = np.diagonal(table, axis1=-2, axis2=-1)
    labelled = table.sum(axis=-1)
    judged = table[..., :-1].sum(axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        class_pa = right / labelled
        class_iou = right / (labelled + judged - right)
        pa = right.sum(axis=-1) / labelled.sum(axis=-1)
    return Segmentation(
        pa=pa,
        mpa=mean_known(class_pa),
        miou=mean_known(class_iou),
        class_pa=class_pa,
        class_iou=class_iou,
    )


def mean_known(values: Floats) -> Floats:
    """Returns the mean over the last axis of what is a number; NaN where nothing is."""
    known = np.isfinite(values)
    total = np.where(known, values, 0).sum(axis=-1)
    count = known.sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), math.nan)


def absent(counts: Counts, names: Sequence[str]) -> list[str]:
    """Returns the classes that no pixel of the labels has."""
    there = counts.sum(axis=-1) > 0
    return [name for name, found in zip(names, there, strict=True) if not found]
