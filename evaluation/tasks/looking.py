"""One look of a judge at one picture, in this process or in another."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import RgbArray
from evaluation.tasks.figures.confusion import confusion
from evaluation.tasks.judges.detections import Detections
from evaluation.tasks.judges.judge import (
    Detector,
    Segmenter,
    open_detector,
    open_segmenter,
)
from evaluation.tasks.judges.settings import JudgeSettings
from evaluation.tasks.labels.classes import VOID
from evaluation.tasks.labels.masks import MaskFile

Lists = dict[str, Sequence[float]]
"""What is kept of a look, by name: numbers, so that it goes into the result cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTable:
    """The classes that count, and what the labels' and the judge's are among them."""

    names: tuple[str, ...]
    """Classes that both know."""
    of_labels: tuple[int, ...]
    """Place of each of the labels' classes; `VOID` for those the judge lacks."""
    of_judge: tuple[int, ...]
    """Place of each of the judge's classes; `len(names)` for those the labels lack."""
    lacking: tuple[str, ...]
    """The labels' classes that the judge lacks."""

    @classmethod
    def of(cls, labels: tuple[str, ...], judge: tuple[str, ...]) -> "ClassTable":
        """Joins two lists of names.

        Raises:
            EvaluationError: They have no name in common.
        """
        names = tuple(name for name in labels if name in judge)
        if not names:
            raise EvaluationError(
                f"The judge knows {', '.join(judge[:6])}, ..., the labels "
                f"{', '.join(labels[:6])}, ...: no class in common. A [class_map] in "
                "the judge's file says which are the same."
            )
        return cls(
            names=names,
            of_labels=tuple(names.index(n) if n in names else VOID for n in labels),
            of_judge=tuple(names.index(n) if n in names else len(names) for n in judge),
            lacking=tuple(name for name in labels if name not in names),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is to be looked at; plain data, so that it can go to another process."""

    name: str
    picture: RgbArray
    judge: JudgeSettings
    classes: ClassTable
    mask: MaskFile | None = None
    """The labels, for segmentation; None looks for objects."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of it."""

    lists: Lists
    problem: str = ""
    """Why nothing came of it; empty if something did."""


def look(task: Look) -> Seen:
    """Lets the judge look; what cannot be had is said, not raised."""
    try:
        lists = _objects(task) if task.mask is None else _pixels(task, task.mask)
    except EvaluationError as error:
        return Seen({}, f"{task.name}: {error}")
    return Seen(lists)


# One judge at a time: a process keeps the one that it used last.
@lru_cache(maxsize=1)
def detector_of(settings: JudgeSettings) -> Detector:
    """Returns a judge of objects, opened once in this process."""
    return open_detector(settings)


@lru_cache(maxsize=1)
def segmenter_of(settings: JudgeSettings) -> Segmenter:
    """Returns a judge of pixels, opened once in this process."""
    return open_segmenter(settings)


def _pixels(task: Look, mask: MaskFile) -> Lists:
    judged = segmenter_of(task.judge)(task.picture)
    truth = mask.read()
    if truth.shape != judged.shape:
        raise EvaluationError(
            f"the mask is {truth.shape[1]}x{truth.shape[0]}, the picture "
            f"{judged.shape[1]}x{judged.shape[0]}."
        )
    known = len(task.classes.names)
    truth = _translated(truth, task.classes.of_labels, VOID)
    judged = _translated(judged, task.classes.of_judge, known)
    return {"confusion": confusion(truth, judged, known).ravel().tolist()}


def _translated(ids: np.ndarray, table: tuple[int, ...], other: int) -> np.ndarray:
    whole = np.full(256, other, np.uint8)
    whole[: len(table)] = table
    return whole[ids]


def counted(found: Detections, classes: ClassTable) -> Detections:
    """Returns the detections of classes that the labels have, in their numbers."""
    kinds = np.array(classes.of_judge, np.int64)[found.classes]
    own = kinds < len(classes.names)
    masks = [m for m, keep in zip(found.masks, own, strict=False) if keep]
    return Detections(
        boxes=found.boxes[own],
        scores=found.scores[own],
        classes=kinds[own],
        masks=tuple(masks),
    )


def _objects(task: Look) -> Lists:
    found = counted(detector_of(task.judge)(task.picture), task.classes)
    height, width = task.picture.shape[:2]
    lists: Lists = {
        "size": [float(width), float(height)],
        "boxes": np.round(found.boxes.astype(np.float64), 3).ravel().tolist(),
        "scores": np.round(found.scores.astype(np.float64), 6).tolist(),
        "classes": [float(kind) for kind in found.classes],
    }
    if task.judge.kind == "mask-rcnn":
        lists["mask_lengths"] = [float(len(runs)) for runs in found.masks]
        lists["mask_runs"] = [length for runs in found.masks for length in runs]
    return lists
