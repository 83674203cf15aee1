import math

import pytest

from evaluation.tasks.evaluate import TaskOutcome
from evaluation.tasks.figures.comparison import Difference
from evaluation.tasks.reports.table import (
    class_lines,
    heads,
    in_order,
    lines,
    percent,
    remarks,
    title,
    told,
)


def test_figures_are_percent_and_a_dash_where_there_is_none() -> None:
    assert percent(0.12345) == "12.3"
    assert percent(math.nan) == percent(math.inf) == "-"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.01, 0.05, "helps: +3.0 (+1.0 to +5.0)"),
        (-0.01, 0.05, "no difference: +3.0 (-1.0 to +5.0)"),
        (-0.05, -0.01, "hurts: +3.0 (-5.0 to -1.0)"),
    ],
)
def test_a_difference_has_its_interval_and_its_word(
    low: float, high: float, said: str
) -> None:
    assert told(Difference(value=0.03, low=low, high=high)) == said
    assert told(None) == ""


def test_each_row_has_a_cell_for_each_head(outcome: TaskOutcome) -> None:
    shown = lines(outcome.evaluation)

    assert {len(line.cells) for line in shown} == {len(heads(outcome.evaluation))}
    assert heads(outcome.evaluation)[:3] == ("condition", "method", "mIoU")
    best = next(line for line in shown if line.cells[1] == "a method of number 0")
    assert (best.cells[2], best.cells[-2], best.verdict) == ("100.0", "100 %", "helps")
    assert shown[0].verdict == ""


def test_rows_of_one_condition_stand_together(outcome: TaskOutcome) -> None:
    conditions = [row.condition for row in in_order(outcome.evaluation)]

    assert conditions == sorted(conditions)  # clean, then rain


def test_single_classes_are_told_for_one_condition_or_all(outcome: TaskOutcome) -> None:
    head, table = class_lines(outcome.evaluation, "rain")
    everything, _ = class_lines(outcome.evaluation)

    assert head[:2] == ("class", "input")
    assert [row[0] for row in table] == ["ground", "square"]
    assert "rain, input" in everything
    assert len(everything) > len(head)


def test_what_a_reader_has_to_know_stands_beside(outcome: TaskOutcome) -> None:
    said = remarks(outcome.evaluation)

    assert title(outcome.evaluation) == "segmentation on set: 4 pictures"
    assert any(text.startswith("mIoU: ") for text in said)
    judge = next(text for text in said if text.startswith("judge: "))
    assert "kind semantic" in judge
    assert all(len(word) < 30 for word in judge.split())  # hashes are shortened
