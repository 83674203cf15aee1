"""Turns what a judge saw in each picture into the counts that figures are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from evaluation.tasks.figures.coco_ap import CocoPicture
from evaluation.tasks.figures.confusion import Counts
from evaluation.tasks.figures.matching import Found, Truth
from evaluation.tasks.figures.metric import ObjectStats
from evaluation.tasks.labelled_set import LabelledSample
from evaluation.tasks.labels.values import Instance, inside, reaches_out
from evaluation.tasks.looking import ClassTable, Lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeing:
    """One sample and what is known of the looks at it."""

    sample: LabelledSample
    lists: Lists


def confusions(seen: Sequence[Seeing], classes: ClassTable) -> tuple[Counts, ...]:
    """Returns the matrix of each picture."""
    known = len(classes.names)
    return tuple(
        np.array(one.lists["confusion"], np.int64).reshape(known, known + 1)
        for one in seen
    )


def object_stats(
    seen: Sequence[Seeing], classes: ClassTable, threshold: float
) -> ObjectStats:
    """Returns what detection counts in each picture."""
    pictures = [(_truth(one, classes), _found(one)) for one in seen]
    return ObjectStats.of(pictures, len(classes.names), threshold)


def coco_pictures(
    seen: Sequence[Seeing], classes: ClassTable, *, masks: bool
) -> list[CocoPicture]:
    """Returns each picture as COCO's program takes it."""
    return [_coco(one, classes, masks=masks) for one in seen]


def instances_of(
    sample: LabelledSample, classes: ClassTable, width: int, height: int
) -> list[Instance]:
    """Returns the objects of a picture that count, cut to it."""
    if sample.objects is None:
        return []
    scaled = sample.objects.scaled(width, height).instances
    cut = (inside(own, width, height) for own in scaled if own.label in classes.names)
    return [own for own in cut if own is not None]


def outside(sample: LabelledSample, width: int, height: int) -> list[str]:
    """Says which boxes reach out of the picture."""
    scaled = sample.objects.scaled(width, height).instances if sample.objects else ()
    return [
        f"{sample.name}: a box of {own.label} reaches out of the picture "
        f"({', '.join(f'{side:g}' for side in own.box)} in {width}x{height})"
        for own in scaled
        if reaches_out(own, width, height)
    ]


def _size(lists: Lists) -> tuple[int, int]:
    width, height = lists["size"]
    return int(width), int(height)


def _truth(one: Seeing, classes: ClassTable) -> Truth:
    own = instances_of(one.sample, classes, *_size(one.lists))
    return Truth(
        boxes=np.array([i.box for i in own], np.float64).reshape(-1, 4),
        classes=np.array([classes.names.index(i.label) for i in own], np.int64),
        ignore=np.array([i.ignore for i in own], bool),
    )


def _found(one: Seeing) -> Found:
    return Found(
        boxes=np.array(one.lists["boxes"], np.float64).reshape(-1, 4),
        scores=np.array(one.lists["scores"], np.float64),
        classes=np.array(one.lists["classes"], np.int64),
    )


def _coco(one: Seeing, classes: ClassTable, *, masks: bool) -> CocoPicture:
    width, height = _size(one.lists)
    found = _found(one)
    own = instances_of(one.sample, classes, width, height)
    truth = [
        {
            **_entry(i.box, classes.names.index(i.label)),
            "iscrowd": int(i.ignore),
            **({"segmentation": _outline(i)} if masks else {}),
        }
        for i in own
    ]
    entries = [
        {**_entry(box, int(kind)), "score": float(score)}
        for box, kind, score in zip(
            found.boxes, found.classes, found.scores, strict=True
        )
    ]
    if masks:
        for entry, runs in zip(entries, _runs(one.lists), strict=True):
            entry["segmentation"] = {"counts": runs, "size": [height, width]}
    return CocoPicture(width=width, height=height, truth=truth, found=entries)


def _entry(box: Any, kind: int) -> dict[str, Any]:
    left, top, right, bottom = (float(side) for side in box)
    return {"category_id": kind, "bbox": [left, top, right - left, bottom - top]}


def _outline(instance: Instance) -> Any:
    """Returns the labels' own outline; a box where there is none."""
    if instance.outline is not None:
        return instance.outline
    left, top, right, bottom = instance.box
    return [[left, top, right, top, right, bottom, left, bottom]]


def _runs(lists: Lists) -> list[list[int]]:
    ends = np.cumsum([0, *map(int, lists["mask_lengths"])]).tolist()
    flat = list(map(int, lists["mask_runs"]))
    return [flat[start:end] for start, end in pairwise(ends)]
