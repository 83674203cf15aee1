"""What a detector says of one picture, and the choice among boxes that overlap."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Boxes = NDArray[np.floating]
MOST = 100
"""Detections of one picture that count, the surest first: COCO's limit."""
LEAST = 0.01
"""Scores below are not looked at; they change AP by less than it is printed with."""
Runs = tuple[int, ...]
"""A mask column by column, as lengths of runs: not in it, in it, not in it, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detections:
    """The surest first."""

    boxes: Floats
    """[n, 4]: left, top, right, bottom in pixels of the picture."""
    scores: Floats
    """[n], 0 to 1."""
    classes: NDArray[np.int64]
    """[n], places in the judge's list of names."""
    masks: tuple[Runs, ...] = ()
    """One for each, of the picture's size; empty where the judge gives none."""

    def __len__(self) -> int:
        return len(self.scores)


def kept(
    boxes: Floats, scores: Floats, classes: NDArray[np.int64], overlap: float | None
) -> Detections:
    """Returns the surest boxes, without weaker ones of the same class over them.

    Args:
        boxes: [n, 4], in pixels of the picture.
        scores: [n].
        classes: [n].
        overlap: Intersection over union from which the weaker goes; None keeps all.
    """
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] >= LEAST]
    chosen: list[int] = []
    while len(order) and len(chosen) < MOST:
        best, order = int(order[0]), order[1:]
        chosen.append(best)
        if overlap is None or not len(order):
            continue
        same = classes[order] == classes[best]
        over = overlaps(boxes[best][None], boxes[order])[0] > overlap
        order = order[~(same & over)]
    return Detections(
        boxes=boxes[chosen].astype(np.float32).reshape(-1, 4),
        scores=scores[chosen].astype(np.float32),
        classes=classes[chosen].astype(np.int64),
    )


def overlaps(first: Boxes, second: Boxes) -> Floats:
    """Returns the intersection over union of each box with each, [n, m]."""
    common = _common(first, second)
    union = _area(first)[:, None] + _area(second)[None] - common
    return np.asarray(common / np.maximum(union, 1e-9))


def shares_in(first: Boxes, second: Boxes) -> Floats:
    """Returns how much of each box of `first` lies in each of `second`, [n, m]."""
    return np.asarray(_common(first, second) / np.maximum(_area(first)[:, None], 1e-9))


def _common(first: Boxes, second: Boxes) -> Floats:
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return np.asarray(np.prod(np.clip(high - low, 0, None), axis=2))


def _area(boxes: Boxes) -> Floats:
    return np.asarray(np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1))
