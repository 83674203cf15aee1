import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.errors import EvaluationError, Interrupted
from evaluation.evaluate import Plan
from evaluation.tasks.evaluate import TaskOutcome, TaskPlan, evaluate_task
from evaluation.tasks.judges.settings import read_judge
from evaluation.tasks.labels.open import Where
from evaluation.tasks.rain import seed_of
from tests.support.networks.tiny_judges import Outputs, bright_judge, constant_judge
from tests.support.sets.labelled_folders import (
    JUDGE,
    SIZE,
    SQUARE,
    dry,
    labelled_folder,
    write,
)
from tests.support.silent_progress import Silent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return labelled_folder(tmp_path / "set")


def plan(root: Path, task: Any = "segmentation", **more: Any) -> TaskPlan:
    """A plan whose only method beside the input is a folder of dry pictures."""
    home = root.parent
    if not (home / "judge.toml").exists():
        bright_judge(home / "bright.onnx")
        (home / "judge.toml").write_text(f"{JUDGE}multiple = 1\n")
    results = (("dry", root / "target"),)
    own: dict[str, Any] = {
        "task": task,
        "where": Where(root=root),
        "judge": read_judge(home / "judge.toml"),
        "methods": Plan(set_name="", root="", models=("input",), results=results),
    }
    return TaskPlan(**(own | more))


def evaluated(plan: TaskPlan) -> TaskOutcome:
    return evaluate_task(plan, Silent())


def value(outcome: TaskOutcome, condition: str, method: str, name: str) -> float:
    row = outcome.evaluation.row(condition, method)
    assert row is not None
    return row.values[name]


def test_a_method_that_gives_the_dry_pictures_closes_the_whole_gap(root: Path) -> None:
    found = evaluated(plan(root))

    assert value(found, "clean", "input", "miou") == 1
    # Of 4 pictures of 48x32, 4, 6, 8 and 10 columns are light; the square is 20x16.
    light, ground, square = 28 * 32, 4 * 48 * 32 - 4 * 320, 4 * 320
    expected = ((ground - light) / ground + square / (square + light)) / 2
    assert value(found, "rain", "input", "miou") == pytest.approx(expected)
    row = found.evaluation.row("rain", "dry")
    assert row is not None
    assert row.gap["miou"] == pytest.approx(1)
    apart = row.differences["miou"]
    assert apart is not None
    assert apart.verdict == "helps"
    assert found.evaluation.complete


def test_a_method_that_makes_it_worse_is_said_to_hurt(root: Path) -> None:
    for number in range(4):
        write(root.parent / "worse" / f"p{number}.png", np.zeros((32, 48, 3), np.uint8))
    own = plan(root)
    results = (("worse", root.parent / "worse"),)

    found = evaluated(replace(own, methods=replace(own.methods, results=results)))

    row = found.evaluation.row("rain", "worse")
    assert row is not None
    apart, gap = row.differences["miou"], row.gap["miou"]
    assert apart is not None
    assert gap is not None
    assert apart.verdict == "hurts"
    assert gap < 0


class _Blinding:
    """Rain that hides what is left of a column that the seed draws."""

    name = "blinding"

    def __call__(self, picture: Any, seed: int) -> Any:
        wet = picture.copy()
        wet[:, : 4 + seed % 6] = 255
        return wet


def test_rain_is_made_on_the_fly_by_the_pictures_name(tmp_path: Path) -> None:
    root = labelled_folder(tmp_path / "set")
    (root / "input").rename(tmp_path / "unused")
    (root / "target").rename(root / "images")
    own = plan(root, rain=(_Blinding(),), seed=3)
    methods = replace(own.methods, results=())

    found = evaluated(replace(own, methods=methods))

    columns = sum(4 + seed_of(3, f"p{number}") % 6 for number in range(4))
    wrong = columns * 32 / (4 * 48 * 32)
    assert value(found, "blinding", "input", "pa") == pytest.approx(1 - wrong)
    assert value(found, "clean", "input", "pa") == 1


def test_without_clean_pictures_there_is_no_gap_but_still_a_word(root: Path) -> None:
    (root / "target").rename(root.parent / "gone")
    own = plan(root)
    results = (("dry", root.parent / "gone"),)

    found = evaluated(replace(own, methods=replace(own.methods, results=results)))

    row = found.evaluation.row("rain", "dry")
    assert row is not None
    assert row.gap == {}
    assert row.differences["miou"] is not None
    assert any("no clean pictures" in note for note in found.evaluation.notes)


def test_a_judge_that_fails_on_clean_pictures_is_called_wrong(root: Path) -> None:
    own = plan(root)
    swapped = replace(own.judge, classes=("square", "ground"))

    with pytest.raises(EvaluationError, match=r"mIoU 0\.0 % on clean pictures, and at"):
        evaluated(replace(own, judge=swapped))
    lenient = replace(swapped, floor=0.0)
    assert value(evaluated(replace(own, judge=lenient)), "clean", "input", "pa") == 0


def test_a_mask_of_another_size_is_named_and_the_rest_is_measured(root: Path) -> None:
    write(root / "masks" / "p1.png", np.zeros((16, 16), np.uint8))

    found = evaluated(plan(root)).evaluation

    assert found.samples == ("p0", "p2", "p3")
    assert found.problems == ("p1: the mask is 16x16, the picture 48x32.",)
    assert found.counted == "3 of 4 pictures: NOT COMPLETE"


def test_a_picture_that_one_method_lacks_is_left_out_of_every_row(root: Path) -> None:
    own = plan(root)
    write(root.parent / "some" / "p0.png", dry())
    results = (("some", root.parent / "some"),)

    found = evaluated(replace(own, methods=replace(own.methods, results=results)))

    assert found.evaluation.samples == ("p0",)
    assert any("holds no picture p3" in text for text in found.evaluation.problems)


def test_a_class_that_the_judge_lacks_is_named_and_its_pixels_do_not_count(
    root: Path,
) -> None:
    (root / "classes.toml").write_text("[classes]\nground = 0\nsquare = 1\ntree = 2\n")
    mask = np.full((32, 48), 2, np.uint8)
    mask[:, :24] = 0
    write(root / "masks" / "p0.png", mask)

    found = evaluated(plan(root)).evaluation

    assert "the judge has no class for tree: it is left out" in found.problems
    assert found.classes.names == ("ground", "square")


def test_no_class_in_common_asks_for_a_map(root: Path) -> None:
    own = plan(root)

    with pytest.raises(EvaluationError, match=r"no class in common\. A .class_map. in"):
        evaluated(replace(own, judge=replace(own.judge, classes=("a", "b"))))


def test_an_interrupted_run_goes_on_where_it_stopped(root: Path) -> None:
    own = plan(root)
    cache = root.parent / "out.kept.jsonl"
    own = replace(own, methods=replace(own.methods, cache=cache))

    class Stopping(Silent):
        def __init__(self) -> None:
            super().__init__()
            self.left = 5

        def step(self, name: str) -> None:
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt

    with pytest.raises(Interrupted, match=r"5 of 12 pictures of all rows are kept in"):
        evaluate_task(own, Stopping())
    lines = len(cache.read_text().splitlines())
    whole = evaluated(own)

    assert lines == 5
    # The dry pictures in both conditions are the same to the method and the judge.
    assert len(cache.read_text().splitlines()) <= 16
    assert value(whole, "rain", "dry", "miou") == 1


@pytest.mark.slow
def test_two_jobs_give_the_figures_of_one(root: Path) -> None:
    own = plan(root)
    one = evaluated(own).evaluation

    two = evaluated(replace(own, methods=replace(own.methods, jobs=2))).evaluation

    assert [row.values for row in one.rows] == [row.values for row in two.rows]


def _detector(home: Path) -> None:
    """Finds the square, whatever it is shown, and a second one where none is."""
    left, top, right, bottom = SQUARE
    rows = np.array(
        [
            [
                (left + right) / 2,
                (top + bottom) / 2,
                right - left,
                bottom - top,
                1,
                0.9,
            ],
            [44, 28, 6, 6, 1, 0.7],
        ],
        np.float32,
    )
    constant_judge(home / "bright.onnx", {"out": rows[None]}, SIZE)
    (home / "judge.toml").write_text(
        'kind = "yolo"\nfile = "bright.onnx"\nclasses = ["box"]\n'
        f'size = [{SIZE[0]}, {SIZE[1]}]\n[class_map]\nbox = "square"\n'
    )


def test_detection_is_counted_in_both_ways(root: Path) -> None:
    _detector(root.parent)

    found = evaluated(plan(root, "detection"))

    assert value(found, "clean", "input", "ap50") == 1
    assert value(found, "clean", "input", "ap") == pytest.approx(1)
    assert value(found, "rain", "dry", "darknet-precision") == 0.5
    assert value(found, "rain", "dry", "greedy-recall") == 1
    row = found.evaluation.row("rain", "dry")
    assert row is not None
    apart = row.differences["ap50"]
    assert apart is not None
    assert apart.verdict == "no difference"
    assert row.gap["ap50"] is None


def test_a_box_that_reaches_out_of_the_picture_is_named(root: Path) -> None:
    _detector(root.parent)
    data = json.loads((root / "boxes.json").read_text())
    data["annotations"][0]["bbox"] = [40, 20, 30, 5]
    (root / "boxes.json").write_text(json.dumps(data))

    found = evaluated(plan(root, "detection")).evaluation

    assert found.problems == (
        "p0: a box of square reaches out of the picture (40, 20, 70, 25 in 48x32)",
    )
    assert not found.complete


def test_instances_have_average_precision_of_masks_too(root: Path) -> None:
    left, top, right, bottom = SQUARE
    data = json.loads((root / "boxes.json").read_text())
    for entry in data["annotations"]:
        entry["segmentation"] = [[left, top, right, top, right, bottom, left, bottom]]
    (root / "boxes.json").write_text(json.dumps(data))
    masks = np.zeros((1, 1, SIZE[1], SIZE[0]), np.float32)
    masks[..., top:bottom, left:right] = 1
    outputs: Outputs = {
        "boxes": np.array([SQUARE], np.float32),
        "labels": np.array([0], np.int64),
        "scores": np.array([0.8], np.float32),
        "masks": masks,
    }
    constant_judge(root.parent / "bright.onnx", outputs, SIZE)
    (root.parent / "judge.toml").write_text(
        'kind = "mask-rcnn"\nfile = "bright.onnx"\nclasses = ["square"]\n'
        f"size = [{SIZE[0]}, {SIZE[1]}]\n"
    )

    found = evaluated(plan(root, "detection"))

    assert value(found, "rain", "input", "mask-ap") == pytest.approx(1)
    assert value(found, "rain", "input", "mask-ap50") == pytest.approx(1)
