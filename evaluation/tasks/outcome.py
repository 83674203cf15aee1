"""What an evaluation by a judge comes to: a row for each method and condition."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evaluation.tasks.conditions import CLEAN
from evaluation.tasks.figures.coco_ap import (
    PLEA,
    AveragePrecision,
    average_precision,
    is_there,
)
from evaluation.tasks.figures.comparison import (
    Difference,
    Figure,
    difference,
    gap_closed,
)
from evaluation.tasks.figures.confusion import absent, segmentation
from evaluation.tasks.figures.metric import METRICS, Metric, class_ap50
from evaluation.tasks.judges.settings import JudgeSettings
from evaluation.tasks.labelled_set import LabelledSample, LabelledSet
from evaluation.tasks.looking import ClassTable
from evaluation.tasks.runner import RowRun, Work
from evaluation.tasks.stats import (
    Seeing,
    coco_pictures,
    confusions,
    object_stats,
    outside,
)

INPUT = "input"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One method under one condition; figures are shares of 1."""

    condition: str
    method: str
    facts: Mapping[str, str]
    values: Mapping[str, float]
    """By the metric's name; NaN where there is none."""
    class_values: Mapping[str, tuple[float, ...]]
    """By the name of a figure of single classes; NaN where there is none."""
    pictures: tuple[float, ...]
    """The first metric of each picture by itself, NaN where it has none."""
    seconds: float
    """The median time of the method for one picture."""
    gap: Mapping[str, float | None] = field(default_factory=dict)
    """How much of what rain took is back; empty for the input and for clean rows."""
    differences: Mapping[str, Difference | None] = field(default_factory=dict)
    """To the input under the same condition; empty for the input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvaluation:
    """Everything that a report shows."""

    labelled: LabelledSet
    judge: JudgeSettings
    classes: ClassTable
    metrics: tuple[Metric, ...]
    """With an interval; the first is the one that counts."""
    extra: tuple[tuple[str, str, str], ...]
    """Name, title and definition of figures without one: AP."""
    samples: tuple[str, ...]
    """Pictures that every row has: all figures are of these."""
    rows: tuple[TaskRow, ...]
    threshold: float
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def counted(self) -> str:
        """Says how many pictures were measured of how many there should be."""
        return self.labelled.counted(len(self.samples), len(self.problems))

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.problems and len(self.samples) == self.labelled.whole

    def row(self, condition: str, method: str) -> TaskRow | None:
        """Returns one row; None if there is none."""
        return next(
            (r for r in self.rows if (r.condition, r.method) == (condition, method)),
            None,
        )


@dataclass(frozen=True, slots=True)
class _Counted:
    """A row with what its figures need."""

    run: RowRun
    stats: Any
    ap: Mapping[str, AveragePrecision]


def headline(work: Work, run: RowRun, threshold: float) -> float:
    """Returns the first metric of one row, over all that it has seen; NaN for none."""
    seen = [
        Seeing(sample=sample, lists=run.seen[sample.name])
        for sample in work.labelled.samples
        if sample.name in run.seen
    ]
    if not seen:
        return math.nan
    metric = METRICS[work.labelled.task][0]
    stats = _stats(work, seen, threshold)
    return float(metric.of(stats)(np.ones((1, len(seen))))[0])


def outcome_of(work: Work, runs: Sequence[RowRun], threshold: float) -> TaskEvaluation:
    """Returns the figures of all rows, over the pictures that every one of them has."""
    common = [
        sample
        for sample in work.labelled.samples
        if all(sample.name in run.seen for run in runs)
    ]
    masks = work.judge.kind == "mask-rcnn"
    counted = [_counted(work, run, common, threshold, masks=masks) for run in runs]
    metrics = METRICS[work.labelled.task]
    return TaskEvaluation(
        labelled=work.labelled,
        judge=work.judge,
        classes=work.classes,
        metrics=metrics,
        extra=_extra(work, masks=masks),
        samples=tuple(sample.name for sample in common),
        rows=tuple(_row(one, counted, metrics, len(common)) for one in counted),
        threshold=threshold,
        problems=_problems(work, runs, common),
        notes=_notes(work, counted),
    )


def _stats(work: Work, seen: Sequence[Seeing], threshold: float) -> Any:
    if work.labelled.task == "segmentation":
        return confusions(seen, work.classes)
    return object_stats(seen, work.classes, threshold)


def _counted(
    work: Work,
    run: RowRun,
    common: Sequence[LabelledSample],
    threshold: float,
    *,
    masks: bool,
) -> _Counted:
    seen = [Seeing(sample=s, lists=run.seen[s.name]) for s in common]
    ap: dict[str, AveragePrecision] = {}
    if seen and work.labelled.task == "detection" and is_there():
        kinds = len(work.classes.names)
        for name, wanted in (("ap", False), ("mask-ap", True)):
            if masks or not wanted:
                pictures = coco_pictures(seen, work.classes, masks=wanted)
                ap[name] = average_precision(pictures, kinds, masks=wanted)
    return _Counted(run, _stats(work, seen, threshold) if seen else None, ap)


def _extra(work: Work, *, masks: bool) -> tuple[tuple[str, str, str], ...]:
    if work.labelled.task == "segmentation":
        return ()
    of_boxes = ("ap", "AP", "COCO's average precision, mean over overlaps 0.50 to 0.95")
    if not masks:
        return (of_boxes,)
    return (
        of_boxes,
        ("mask-ap", "mask AP", "the same of masks"),
        ("mask-ap50", "mask AP50", "of masks, at overlap 0.5"),
    )


def _row(
    one: _Counted,
    everyone: Sequence[_Counted],
    metrics: Sequence[Metric],
    pictures: int,
) -> TaskRow:
    condition = one.run.condition.name
    figures = _figures(one, metrics)
    whole = np.ones((1, pictures))
    values = {name: float(f(whole)[0]) for name, f in figures.items()}
    rainy = _of(everyone, condition, INPUT)
    clean = _of(everyone, CLEAN, INPUT)
    gap: dict[str, float | None] = {}
    apart: dict[str, Difference | None] = {}
    if one is not rainy and rainy is not None and figures:
        base = _figures(rainy, metrics)
        apart = {n: difference(f, base[n], pictures) for n, f in figures.items()}
        if clean is not None and condition != CLEAN:
            top = _figures(clean, metrics)
            gap = {
                n: gap_closed(
                    float(top[n](whole)[0]), float(base[n](whole)[0]), values[n]
                )
                for n in figures
            }
    first = next(iter(figures.values()), None)
    return TaskRow(
        condition=condition,
        method=one.run.method.name,
        facts=one.run.method.facts,
        values=values | _ap_values(one.ap),
        class_values=_class_values(one, whole),
        pictures=tuple(first(np.eye(pictures)).tolist()) if first else (),
        seconds=float(np.median(list(one.run.seconds.values()) or [0.0])),
        gap=gap,
        differences=apart,
    )


def _figures(one: _Counted, metrics: Sequence[Metric]) -> dict[str, Figure]:
    if one.stats is None:
        return {}
    return {metric.name: metric.of(one.stats) for metric in metrics}


def _of(everyone: Sequence[_Counted], condition: str, method: str) -> _Counted | None:
    for one in everyone:
        if (one.run.condition.name, one.run.method.name) == (condition, method):
            return one
    return None


def _ap_values(ap: Mapping[str, AveragePrecision]) -> dict[str, float]:
    values = {name: found.ap for name, found in ap.items()}
    if "mask-ap" in ap:
        values["mask-ap50"] = ap["mask-ap"].ap50
    return values


def _class_values(one: _Counted, whole: Any) -> dict[str, tuple[float, ...]]:
    if one.stats is None:
        return {}
    if not one.ap and isinstance(one.stats, tuple):
        found = segmentation(np.sum(one.stats, axis=0))
        return {
            "iou": tuple(found.class_iou.tolist()),
            "pa": tuple(found.class_pa.tolist()),
        }
    values = {"ap50": tuple(class_ap50(one.stats, whole)[0].tolist())}
    return values | {name: found.class_ap for name, found in one.ap.items()}


def _problems(
    work: Work, runs: Sequence[RowRun], common: Sequence[LabelledSample]
) -> tuple[str, ...]:
    found = list(work.labelled.problems)
    found += [
        f"the judge has no class for {name}: it is left out"
        for name in work.classes.lacking
    ]
    if work.labelled.task == "detection":
        for sample in common:
            size = runs[0].seen[sample.name]["size"]
            found += outside(sample, int(size[0]), int(size[1]))
    found += [problem for run in runs for problem in run.problems]
    return tuple(dict.fromkeys(found))


def _notes(work: Work, counted: Sequence[_Counted]) -> tuple[str, ...]:
    notes = list(work.labelled.notes)
    if work.labelled.task == "detection":
        if not is_there():
            notes.append(f"AP {PLEA}")
    elif counted[0].stats is not None:
        missing = absent(np.sum(counted[0].stats, axis=0), work.classes.names)
        notes += [f"{name}: no pixel of it in the labels" for name in missing]
    if all(run.run.condition.name != CLEAN for run in counted):
        notes.append("no clean pictures: no gap, and nothing to try the judge on")
    return tuple(notes)
