import math
from dataclasses import replace

import pytest

from evaluation.tasks.evaluate import TaskOutcome
from evaluation.tasks.outcome import TaskEvaluation, TaskRow
from evaluation.tasks.reports.examples import Gain, examples, ranked


def rows_of(evaluation: TaskEvaluation, *after: float) -> tuple[TaskRow, TaskRow]:
    base = evaluation.row("rain", "input")
    assert base is not None
    return replace(base, pictures=after), replace(base, pictures=(0.5,) * len(after))


def test_the_most_helped_and_the_most_hurt_come_first(outcome: TaskOutcome) -> None:
    row, base = rows_of(outcome.evaluation, 0.6, 0.9, 0.5, 0.1)

    helped, hurt = ranked(outcome.evaluation, row, base)

    assert [(g.sample, round(g.value, 6)) for g in helped] == [("p1", 0.4), ("p0", 0.1)]
    assert [(g.sample, round(g.value, 6)) for g in hurt] == [("p3", -0.4)]


def test_a_picture_without_a_figure_is_in_neither(outcome: TaskOutcome) -> None:
    row, base = rows_of(outcome.evaluation, math.nan, 0.5, 0.5, 0.5)

    assert ranked(outcome.evaluation, row, base) == ([], [])


def test_an_example_shows_the_picture_in_rain_derained_and_clean(
    outcome: TaskOutcome,
) -> None:
    row = outcome.evaluation.row("rain", "a method of number 0")
    assert row is not None

    [example] = examples(outcome, row, [Gain(sample="p1", rainy=0.5, derained=1.0)])

    captions = [caption for caption, _ in example.pictures]
    assert captions == ["input", "derained", "clean"]
    wet, derained, clean = (picture for _, picture in example.pictures)
    assert (derained == clean).all()
    assert (wet != clean).any()
    assert example.gain.value == pytest.approx(0.5)
