"""Detection: finds and misses of one picture, in the two ways that are in use.

`darknet`: what `detector recall` of darknet counts, by its source (pjreddie/darknet,
examples/detector.c): for every object the best overlap with any detection, whatever its
class. The paper prints these three figures and names a threshold of 0.6; that it means
this program and this threshold of the score is likely, not proven.

`greedy`: classes must agree, the surest detection chooses first, each object is found
once; as COCO matches at one overlap, so that AP50 comes of the same matches.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.tasks.judges.detections import overlaps, shares_in

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The objects of one picture."""

    boxes: Floats
    """[n, 4]: left, top, right, bottom."""
    classes: NDArray[np.int64]
    ignore: NDArray[np.bool_]
    """Crowds and the like: neither found nor missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a judge found in one picture, the surest first."""

    boxes: Floats
    scores: Floats
    classes: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Darknet:
    """What darknet counts in one picture."""

    objects: int
    correct: int
    proposals: int
    overlap: float
    """Sum over the objects of the best overlap."""


def darknet(truth: Truth, found: Found, score: float, overlap: float) -> Darknet:
    """Counts as darknet does.

    Args:
        truth: Objects; those to be ignored are left out.
        found: Detections.
        score: Of which proposals must have more.
        overlap: Of which a find must have more.
    """
    objects = truth.boxes[~truth.ignore]
    proposals = found.boxes[found.scores > score]
    best = np.zeros(len(objects))
    if len(objects) and len(proposals):
        best = overlaps(objects, proposals).max(axis=1).astype(np.float64)
    return Darknet(
        objects=len(objects),
        correct=int((best > overlap).sum()),
        proposals=len(proposals),
        overlap=float(best.sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What became of each detection of one picture."""

    scores: Floats
    classes: NDArray[np.int64]
    hit: NDArray[np.bool_]
    ignored: NDArray[np.bool_]
    """It lies on an object that is to be ignored: neither right nor wrong."""
    overlap: Floats
    """With the object that was hit; 0 without."""
    objects: NDArray[np.int64]
    """[classes]: how many objects there are of each."""


def greedy(truth: Truth, found: Found, classes: int, overlap: float) -> Matches:
    """Matches detections with objects of their class, the surest first.

    Args:
        truth: Objects.
        found: Detections, the surest first.
        classes: How many there are.
        overlap: That a find must reach.
    """
    count = len(found.scores)
    hit, ignored, best = np.zeros(count, bool), np.zeros(count, bool), np.zeros(count)
    # Of a crowd, the share of the detection that lies in it, as COCO has it.
    over = overlaps(found.boxes, truth.boxes)
    over[:, truth.ignore] = shares_in(found.boxes, truth.boxes[truth.ignore])
    free = np.ones(len(truth.boxes), bool)
    # Objects that count are taken before those that do not.
    order = np.argsort(truth.ignore, kind="stable")
    for place in range(count):
        own = order[(truth.classes[order] == found.classes[place])]
        own = own[free[own] | truth.ignore[own]]
        chosen = _chosen(over[place], own, truth.ignore, overlap)
        if chosen is None:
            continue
        ignored[place] = truth.ignore[chosen]
        hit[place] = not truth.ignore[chosen]
        if hit[place]:
            best[place] = over[place][chosen]
            free[chosen] = False
    counted = truth.classes[~truth.ignore]
    return Matches(
        scores=found.scores,
        classes=found.classes,
        hit=hit,
        ignored=ignored,
        overlap=best,
        objects=np.bincount(counted, minlength=classes)[:classes],
    )


def _chosen(
    over: Floats, own: NDArray[np.int64], ignore: NDArray[np.bool_], least: float
) -> int | None:
    """Returns the object of the largest overlap; those that count come first."""
    for part in (own[~ignore[own]], own[ignore[own]]):
        reached = part[over[part] >= least]
        if len(reached):
            return int(reached[np.argmax(over[reached])])
    return None


def ap_curve(
    matches: Sequence[Matches], weights: NDArray[np.floating], kind: int
) -> Floats:
    """Returns the average precision of a class at one overlap, as COCO interpolates it.

    Args:
        matches: Of each picture.
        weights: [draws, pictures]: how often each counts.
        kind: The class.

    Returns:
        [draws], NaN where no object counts.
    """
    picture = np.concatenate(
        [np.full(int((m.classes == kind).sum()), i) for i, m in enumerate(matches)]
    ).astype(np.int64)
    parts = [m.classes == kind for m in matches]
    scores = np.concatenate([m.scores[p] for m, p in zip(matches, parts, strict=True)])
    hit = np.concatenate([m.hit[p] for m, p in zip(matches, parts, strict=True)])
    skip = np.concatenate([m.ignored[p] for m, p in zip(matches, parts, strict=True)])
    order = np.argsort(-scores, kind="stable")
    order = order[~skip[order]]
    objects = weights @ np.array([m.objects[kind] for m in matches], np.float64)
    areas: list[float] = []
    for row, count in zip(weights, objects, strict=True):
        shown = row[picture[order]]
        areas.append(_area(np.cumsum(shown * hit[order]), np.cumsum(shown), count))
    return np.array(areas)


def _area(right: Floats, shown: Floats, objects: float) -> float:
    if not objects:
        return float("nan")
    if not len(right):
        return 0.0
    recall = right / objects
    precision = right / np.maximum(shown, 1e-12)
    highest = np.maximum.accumulate(precision[::-1])[::-1]
    # As numpy's linspace in COCO's program; 101 recalls, 0 where none reaches one.
    places = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return float(
        np.where(
            places < len(highest), highest[places.clip(max=len(highest) - 1)], 0
        ).mean()
    )
