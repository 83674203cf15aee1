"""From what judges saw to rows; with real judges in `test_evaluate.py`."""

import math
from pathlib import Path
from typing import Any

import pytest

from evaluation.methods import InputBaseline
from evaluation.tasks.conditions import Condition
from evaluation.tasks.judges.settings import JudgeSettings
from evaluation.tasks.labelled_set import LabelledSample, LabelledSet
from evaluation.tasks.looking import ClassTable
from evaluation.tasks.outcome import TaskEvaluation, headline, outcome_of
from evaluation.tasks.runner import RowRun, Work

NAMES = ("ground", "square")


def never(sample: LabelledSample) -> Any:
    raise AssertionError(sample)


CLEAN, RAIN = Condition("clean", never), Condition("rain", never)


class Named(InputBaseline):
    """A method of another name."""

    def __init__(self, name: str) -> None:
        self.name = self.key = name


def work(*, expected: int | None = None, lacking: tuple[str, ...] = ()) -> Work:
    labels = (*NAMES, *lacking)
    return Work(
        labelled=LabelledSet(
            name="x",
            root="x",
            task="segmentation",
            classes=labels,
            samples=tuple(LabelledSample(name=n, dry=None) for n in "ab"),
            expected=expected,
        ),
        judge=JudgeSettings(kind="semantic", file=Path("j.onnx"), classes=NAMES),
        classes=ClassTable.of(labels, NAMES),
        conditions=(CLEAN, RAIN),
    )


def a_row(condition: Condition, method: str, wrong: int, names: str = "ab") -> RowRun:
    """Of 100 pixels of each class in each picture so many are wrong."""
    lists = {"confusion": [100 - wrong, wrong, 0, wrong, 100 - wrong, 0]}
    return RowRun(
        Named(method),
        condition,
        seen={name: dict(lists) for name in names},
        seconds=dict.fromkeys(names, 0.5),
    )


def outcome(*rows: RowRun, **more: Any) -> TaskEvaluation:
    return outcome_of(work(**more), rows, 0.6)


def test_the_gap_is_what_rain_took_and_a_method_gave_back() -> None:
    found = outcome(
        a_row(CLEAN, "input", 0), a_row(RAIN, "input", 40), a_row(RAIN, "ours", 10)
    )

    row = found.row("rain", "ours")
    assert row is not None
    assert row.values["pa"] == pytest.approx(0.9)
    assert row.gap["pa"] == pytest.approx(0.75)
    apart = row.differences["pa"]
    assert apart is not None
    assert apart.value == pytest.approx(0.3)
    assert list(row.class_values["iou"]) == pytest.approx([90 / 110] * 2)
    assert (row.seconds, len(row.pictures)) == (0.5, 2)
    base = found.row("rain", "input")
    assert base is not None
    assert (base.gap, base.differences) == ({}, {})
    assert found.row("rain", "theirs") is None
    assert found.complete


def test_only_pictures_that_every_row_has_count() -> None:
    found = outcome(a_row(RAIN, "input", 0), a_row(RAIN, "ours", 0, "a"))

    assert found.samples == ("a",)
    assert found.counted == "1 of 2 pictures: NOT COMPLETE"
    assert not found.complete
    assert "no clean pictures: no gap, and nothing to try the judge on" in found.notes


def test_without_a_picture_there_is_no_figure() -> None:
    found = outcome(a_row(RAIN, "input", 0, ""), a_row(RAIN, "ours", 0, ""))

    assert found.samples == ()
    assert [row.values for row in found.rows] == [{}, {}]
    assert math.isnan(headline(work(), a_row(RAIN, "input", 0, ""), 0.6))


def test_what_is_missing_is_said() -> None:
    broken = a_row(RAIN, "input", 0)
    broken.problems.append("b: cannot be read")

    found = outcome(broken, lacking=("tree",), expected=350)

    assert found.problems == (
        "the judge has no class for tree: it is left out",
        "b: cannot be read",
    )
    assert found.counted == "2 of 350 pictures: NOT COMPLETE"


def test_the_headline_is_the_first_figure_of_what_was_seen() -> None:
    assert headline(work(), a_row(RAIN, "input", 0), 0.6) == 1
    assert headline(work(), a_row(RAIN, "input", 10, "a"), 0.6) == pytest.approx(
        90 / 110
    )
