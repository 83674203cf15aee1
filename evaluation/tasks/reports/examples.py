"""The pictures of the page: those that a method helped most, and hurt most.

They are made and looked at again for the page: some twenty cost less than keeping all.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.methods import Method
from evaluation.metrics.luma import RgbArray
from evaluation.tasks.conditions import CLEAN, Condition
from evaluation.tasks.evaluate import TaskOutcome, condition_named
from evaluation.tasks.judges.settings import JudgeSettings
from evaluation.tasks.labelled_set import LabelledSample
from evaluation.tasks.looking import ClassTable, counted, detector_of, segmenter_of
from evaluation.tasks.outcome import TaskEvaluation, TaskRow
from evaluation.tasks.reports.drawing import with_boxes, with_classes
from evaluation.tasks.rows import method_under

SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a method did for one picture, in the first metric."""

    sample: str
    rainy: float
    derained: float

    @property
    def value(self) -> float:
        """More than 0 is help."""
        return self.derained - self.rainy


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One picture as the judge sees it; each drawn upon, by the caption."""

    gain: Gain
    pictures: tuple[tuple[str, RgbArray], ...]


def ranked(
    evaluation: TaskEvaluation, row: TaskRow, base: TaskRow
) -> tuple[list[Gain], list[Gain]]:
    """Returns the ten most helped and the ten most hurt; none without a difference."""
    gains = [
        Gain(sample=name, rainy=before, derained=after)
        for name, before, after in zip(
            evaluation.samples, base.pictures, row.pictures, strict=True
        )
        if math.isfinite(before) and math.isfinite(after)
    ]
    ordered = sorted(gains, key=lambda gain: (-gain.value, gain.sample))
    helped = [gain for gain in ordered if gain.value > 0][:SHOWN]
    hurt = [gain for gain in reversed(ordered) if gain.value < 0][:SHOWN]
    return helped, hurt


def examples(
    outcome: TaskOutcome, row: TaskRow, gains: Sequence[Gain]
) -> Iterator[Example]:
    """Yields these pictures; one that cannot be had any more is left out."""
    condition = condition_named(outcome.work, row.condition)
    named = next(own for own in outcome.methods if own.name == row.method)
    method = method_under(named, condition, outcome.work.conditions) or named
    samples = {sample.name: sample for sample in outcome.work.labelled.samples}
    for gain in gains:
        try:
            yield _example(outcome, condition, method, samples[gain.sample], gain)
        except EvaluationError:
            # It is named among the problems already, or was there a minute ago.
            continue


def _example(
    outcome: TaskOutcome,
    condition: Condition,
    method: Method,
    sample: LabelledSample,
    gain: Gain,
) -> Example:
    rainy = condition.picture(sample)
    pictures = {"input": rainy, "derained": method(rainy, sample.name)}
    if outcome.work.conditions[0].name == CLEAN:
        pictures["clean"] = outcome.work.conditions[0].picture(sample)
    evaluation = outcome.evaluation
    return Example(
        gain=gain,
        pictures=tuple(
            (
                caption,
                seen_by(
                    evaluation.judge, evaluation.classes, picture, evaluation.threshold
                ),
            )
            for caption, picture in pictures.items()
        ),
    )


def seen_by(
    judge: JudgeSettings, classes: ClassTable, picture: RgbArray, threshold: float
) -> RgbArray:
    """Returns a picture with what the judge sees in it."""
    if judge.kind == "semantic":
        table = np.full(256, len(classes.names), np.uint8)
        table[: len(classes.of_judge)] = classes.of_judge
        ids = table[segmenter_of(judge)(picture)]
        return with_classes(picture, ids, len(classes.names))
    found = counted(detector_of(judge)(picture), classes)
    return with_boxes(picture, found, classes.names, min(threshold, _DRAWN))


_DRAWN = 0.3
"""Score above which a box is drawn: what is not quite sure enough to count, too."""
