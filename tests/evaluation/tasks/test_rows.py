from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.methods import InputBaseline, ResultsFolder
from evaluation.metrics.luma import RgbArray
from evaluation.tasks.conditions import Condition
from evaluation.tasks.labelled_set import LabelledSample
from evaluation.tasks.rows import method_under, missing_results
from tests.support.sets.labelled_folders import write


def _no_picture(sample: LabelledSample) -> RgbArray:
    raise AssertionError(sample)


def _conditions(*names: str) -> tuple[Condition, ...]:
    return tuple(Condition(name, _no_picture) for name in names)


def _results(folder: Path, levels: dict[str, int]) -> ResultsFolder:
    """Results of one picture `p` under each condition, each of its own level."""
    folder.mkdir()
    for name, level in levels.items():
        write(folder / name / "p.png", np.full((4, 4, 3), level, np.uint8))
    return ResultsFolder("theirs", folder)


def test_results_are_of_the_condition_whose_folder_they_lie_in(tmp_path: Path) -> None:
    conditions = _conditions("clean", "heavy", "falling:1.0")
    theirs = _results(tmp_path / "r", {"heavy": 7, "falling-1.0": 9, "clean": 3})
    picture = np.zeros((4, 4, 3), np.uint8)

    rows = [method_under(theirs, condition, conditions) for condition in conditions]

    assert [row(picture, "p").max() for row in rows if row] == [3, 7, 9]
    assert missing_results([theirs], conditions) == []


def test_results_without_a_folder_are_of_the_only_rain_and_not_of_clean_pictures(
    tmp_path: Path,
) -> None:
    conditions = _conditions("clean", "rain")
    theirs = _results(tmp_path / "r", {".": 7})

    rows = [method_under(theirs, condition, conditions) for condition in conditions]

    assert rows == [None, theirs]
    assert missing_results([theirs], conditions) == []


def test_results_of_one_rain_are_refused_where_there_are_two(tmp_path: Path) -> None:
    theirs = _results(tmp_path / "r", {".": 7})

    with pytest.raises(EvaluationError, match=r"a folder for each kind of rain.*heavy"):
        missing_results([theirs], _conditions("clean", "heavy", "light"))


def test_rain_without_results_is_named(tmp_path: Path) -> None:
    theirs = _results(tmp_path / "r", {"heavy": 7})

    said = missing_results([theirs], _conditions("clean", "heavy", "light"))

    assert said == [
        f"results of theirs: {tmp_path / 'r'} holds no folder light: no row"
    ]


def test_the_input_stands_under_every_condition() -> None:
    conditions = _conditions("clean", "heavy", "light")
    rainy = InputBaseline()

    assert all(method_under(rainy, own, conditions) is rainy for own in conditions)
