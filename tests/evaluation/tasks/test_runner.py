"""What a run asks of methods and judges, and what it remembers."""

from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.methods import InputBaseline
from evaluation.metrics.luma import RgbArray
from evaluation.result_cache import ResultCache
from evaluation.tasks.conditions import conditions_of
from evaluation.tasks.labels.open import Where, open_labelled
from evaluation.tasks.looking import ClassTable
from evaluation.tasks.runner import RowRun, TaskRun, Work
from tests.support.networks.judged import settings
from tests.support.networks.tiny_judges import bright_judge
from tests.support.sets.labelled_folders import labelled_folder


class Counting(InputBaseline):
    """Gives the input, and counts how often it was asked; fails at `refused`."""

    name = key = "counting"

    def __init__(self, refused: str = "") -> None:
        self.asked: list[str] = []
        self.releases = 0
        self.refused = refused

    def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
        self.asked.append(name)
        if name == self.refused:
            raise EvaluationError(f"{name} is too large")
        return picture

    def release(self) -> None:
        self.releases += 1


@pytest.fixture
def work(tmp_path: Path) -> Work:
    root = labelled_folder(tmp_path / "set", 2)
    labelled = open_labelled(Where(root=root), "segmentation")
    judge = settings(
        bright_judge(tmp_path / "j.onnx"),
        "semantic",
        classes=("ground", "square"),
        size=None,
        multiple=1,
        fit="stretch",
    )
    return Work(
        labelled=labelled,
        judge=judge,
        classes=ClassTable.of(labelled.classes, judge.labels),
        conditions=conditions_of(labelled, (), 0),
    )


def test_each_method_makes_each_picture_under_each_condition(work: Work) -> None:
    method, told = Counting(), list[str]()
    rows: list[tuple[str, list[str]]] = []

    def whole(row: RowRun) -> None:
        rows.append((row.condition.name, sorted(row.seen)))

    run = TaskRun(work, ResultCache(None), advance=told.append, on_row=whole)
    found = run.run([method])

    assert rows == [("clean", ["p0", "p1"]), ("rain", ["p0", "p1"])]
    assert (run.done, told) == (4, ["counting"] * 4)
    assert (method.asked, method.releases) == (["p0", "p1"] * 2, 1)
    assert np.sum(found[0].seen["p0"]["confusion"]) == 48 * 32


def test_what_was_seen_is_not_looked_at_again(work: Work, tmp_path: Path) -> None:
    kept, first, second = tmp_path / "kept.jsonl", Counting(), Counting()

    before = TaskRun(work, ResultCache(kept)).run([first])
    after = TaskRun(work, ResultCache(kept)).run([second])

    assert second.asked == []
    assert [row.seen for row in after] == [row.seen for row in before]


def test_a_picture_that_a_method_refuses_is_named_and_the_rest_is_made(
    work: Work,
) -> None:
    clean, rain = TaskRun(work, ResultCache(None)).run([Counting("p1")])

    assert (list(clean.seen), clean.problems) == (["p0"], ["p1 is too large"])
    assert list(rain.seen) == ["p0"]
