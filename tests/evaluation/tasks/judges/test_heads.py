"""Boxes out of what detectors give, each form by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from tests.support.networks.judged import BOX, found, rows_of


def test_yolov5_gives_rows_with_objectness(tmp_path: Path) -> None:
    rows = rows_of([22, 30, 20, 8, 0.9, 0.1, 1.0], [23, 30, 20, 8, 0.8, 0, 1.0])

    got = found(tmp_path, "yolo", {"out": rows[None]})

    # The second lies over the first and is of its class.
    assert got.classes.tolist() == [1, 0]
    assert got.scores.tolist() == pytest.approx([0.9, 0.09], abs=1e-6)
    assert got.boxes[0].tolist() == pytest.approx(BOX)


def test_yolov8_gives_columns_without_objectness(tmp_path: Path) -> None:
    rows = rows_of([22, 30, 20, 8, 0.0, 0.7], [50, 30, 4, 4, 0.6, 0.0])

    got = found(tmp_path, "yolo", {"out": rows.T[None].copy()})

    assert got.classes.tolist() == [1, 0]
    assert got.scores.tolist() == pytest.approx([0.7, 0.6])
    assert got.boxes[0].tolist() == pytest.approx(BOX)


def test_yolov10_gives_sides_and_has_chosen_already(tmp_path: Path) -> None:
    rows = rows_of(
        [12, 26, 32, 34, 0.9, 1], [13, 26, 32, 34, 0.8, 1], [0, 0, 0, 0, 0, 0]
    )

    got = found(tmp_path, "yolo-chosen", {"out": rows[None]})
    told = found(
        tmp_path, "yolo", {"out": rows[None]}, classes=("person", "car", "dog")
    )

    for seen in (got, told):
        assert seen.classes.tolist() == [1, 1]
        assert seen.scores.tolist() == pytest.approx([0.9, 0.8])
        assert seen.boxes[0].tolist() == pytest.approx(BOX)


def test_yolo_of_another_form_is_not_one_that_has_chosen(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"expected \[1, n, 6\].*got \[1, 1, 9\]"):
        found(tmp_path, "yolo-chosen", {"out": np.zeros((1, 1, 9), np.float32)})


def test_yolox_gives_distances_on_three_grids(tmp_path: Path) -> None:
    rows = np.full((64 + 16 + 4, 7), -20, np.float32)
    rows[:, 4:] = 0
    # Stride 8, column 2, row 3: centre 22, 30 is 0.75 of a step on.
    rows[3 * 8 + 2] = [0.75, 0.75, np.log(20 / 8), np.log(8 / 8), 0.5, 0.0, 0.9]

    got = found(tmp_path, "yolox", {"out": rows[None]})

    assert got.boxes.tolist() == [pytest.approx(BOX, abs=1e-4)]
    assert got.scores.tolist() == pytest.approx([0.45])


def test_an_ssd_of_one_list(tmp_path: Path) -> None:
    share = [12 / 64, 26 / 64, 32 / 64, 34 / 64]
    rows = rows_of([0, 2, 0.8, *share], [-1, 0, 0, 0, 0, 0, 0])

    got = found(tmp_path, "ssd", {"out": rows[None, None]}, first_class=1)

    assert got.boxes.tolist() == [pytest.approx(BOX, abs=1e-4)]
    assert got.classes.tolist() == [1]


def test_an_ssd_of_three_lists_with_the_upper_side_first(tmp_path: Path) -> None:
    outputs = {
        "detection_boxes": rows_of([26 / 64, 12 / 64, 34 / 64, 32 / 64])[None],
        "detection_scores": rows_of([0.8]),
        "detection_classes": rows_of([1]),
    }
    names = ("detection_boxes", "detection_scores", "detection_classes")

    got = found(tmp_path, "ssd", outputs, boxes="yxyx", outputs=names)

    assert got.boxes.tolist() == [pytest.approx(BOX, abs=1e-4)]
    assert got.classes.tolist() == [1]


@pytest.mark.parametrize(
    ("names", "number"),
    [
        (("num_dets", "det_boxes", "det_scores", "det_classes"), np.int32),
        (
            (
                *("num_detections", "detection_boxes", "detection_scores"),
                "detection_classes",
            ),
            np.float32,
        ),
        (("count", "boxes", "scores", "class_ids"), np.int64),
    ],
)
def test_lists_are_told_by_the_names_that_the_field_gives_them(
    tmp_path: Path, names: tuple[str, ...], number: Any
) -> None:
    outputs = {
        names[0]: np.array([[1]], number),
        names[1]: rows_of([12, 26, 32, 34], [0, 0, 0, 0])[None],
        "raw_detection_boxes": rows_of([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4])[None],
        names[2]: rows_of([0.9, 0]),
        names[3]: np.array([[1, -1]], number),
    }

    got = found(tmp_path, "ssd", outputs)

    assert got.boxes.tolist() == [pytest.approx(BOX)]
    assert got.classes.tolist() == [1]


def test_lists_of_different_lengths_ask_for_their_names(tmp_path: Path) -> None:
    outputs = {
        "boxes": rows_of([1, 2, 3, 4]),
        "scores": rows_of([0.9, 0]),
        "labels": rows_of([1]),
    }

    with pytest.raises(EvaluationError, match="1 boxes, 2 scores and 1 labels; name"):
        found(tmp_path, "ssd", outputs)


def test_detr_has_a_last_class_for_nothing(tmp_path: Path) -> None:
    logits = rows_of([0, 4, 0], [0, 0, 9])
    boxes = rows_of([22 / 64, 30 / 64, 20 / 64, 8 / 64], [0.5, 0.5, 0.1, 0.1])

    got = found(tmp_path, "detr", {"l": logits[None], "b": boxes[None]})

    assert got.classes.tolist() == [1, 0]
    assert got.boxes[0].tolist() == pytest.approx(BOX, abs=1e-4)
    assert float(got.scores[0]) == pytest.approx(np.e**4 / (np.e**4 + 2))


def test_a_successor_of_detr_asks_each_class_by_itself(tmp_path: Path) -> None:
    boxes = rows_of([22 / 64, 30 / 64, 20 / 64, 8 / 64])

    got = found(tmp_path, "detr", {"l": rows_of([-9, 0])[None], "b": boxes[None]})

    assert got.scores.tolist() == [0.5]


def test_outputs_that_cannot_be_told_ask_for_their_names(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"name them: outputs = \[boxes"):
        found(tmp_path, "ssd", {"a": rows_of([1, 2, 3, 4]), "b": rows_of([1])})


def test_another_number_of_classes_is_refused_with_both_shapes(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"for 2 classes, got \[1, 1, 9\]"):
        found(tmp_path, "yolo", {"out": np.zeros((1, 1, 9), np.float32)})
