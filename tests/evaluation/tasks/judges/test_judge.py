from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.tasks.judges.judge import open_detector, open_segmenter
from evaluation.tasks.judges.segmenters import mask_of
from evaluation.tasks.judges.settings import JudgeSettings
from tests.support.networks.tiny_judges import bright_judge, constant_judge

_SIZE = (64, 64)
_PICTURE = np.full((32, 64, 3), 60, np.uint8)  # a letterbox puts it 16 rows down
_CLASSES = ("person", "car")


def settings(path: Path, kind: Any, **more: Any) -> JudgeSettings:
    own: dict[str, Any] = {"classes": _CLASSES, "size": _SIZE, "fit": "letterbox"}
    return JudgeSettings(kind=kind, file=path, **(own | more))


def _f(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32)


def found(path: Path, kind: Any, gives: dict[str, Any], **more: Any) -> Any:
    judge = constant_judge(path / "j.onnx", gives, _SIZE)
    return open_detector(settings(judge, kind, **more))(_PICTURE)


# A box of 20x8 at 12, 10 of the picture: 12, 26 of the letterbox, centre 22, 30.
_BOX = [12.0, 10.0, 32.0, 18.0]


def test_yolov5_gives_rows_with_objectness(tmp_path: Path) -> None:
    rows = _f([22, 30, 20, 8, 0.9, 0.1, 1.0], [23, 30, 20, 8, 0.8, 0, 1.0])

    got = found(tmp_path, "yolo", {"out": rows[None]})

    # The second lies over the first and is of its class.
    assert got.classes.tolist() == [1, 0]
    assert got.scores.tolist() == pytest.approx([0.9, 0.09], abs=1e-6)
    assert got.boxes[0].tolist() == pytest.approx(_BOX)


def test_yolov8_gives_columns_without_objectness(tmp_path: Path) -> None:
    rows = _f([22, 30, 20, 8, 0.0, 0.7], [50, 30, 4, 4, 0.6, 0.0])

    got = found(tmp_path, "yolo", {"out": rows.T[None].copy()})

    assert got.classes.tolist() == [1, 0]
    assert got.scores.tolist() == pytest.approx([0.7, 0.6])
    assert got.boxes[0].tolist() == pytest.approx(_BOX)


def test_yolov10_gives_sides_and_has_chosen_already(tmp_path: Path) -> None:
    rows = _f([12, 26, 32, 34, 0.9, 1], [13, 26, 32, 34, 0.8, 1], [0, 0, 0, 0, 0, 0])

    got = found(tmp_path, "yolo-chosen", {"out": rows[None]})
    told = found(
        tmp_path, "yolo", {"out": rows[None]}, classes=("person", "car", "dog")
    )

    for seen in (got, told):
        assert seen.classes.tolist() == [1, 1]
        assert seen.scores.tolist() == pytest.approx([0.9, 0.8])
        assert seen.boxes[0].tolist() == pytest.approx(_BOX)


def test_yolo_of_another_form_is_not_one_that_has_chosen(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"expected \[1, n, 6\].*got \[1, 1, 9\]"):
        found(tmp_path, "yolo-chosen", {"out": np.zeros((1, 1, 9), np.float32)})


def test_yolox_gives_distances_on_three_grids(tmp_path: Path) -> None:
    rows = np.full((64 + 16 + 4, 7), -20, np.float32)
    rows[:, 4:] = 0
    # Stride 8, column 2, row 3: centre 22, 30 is 0.75 of a step on.
    rows[3 * 8 + 2] = [0.75, 0.75, np.log(20 / 8), np.log(8 / 8), 0.5, 0.0, 0.9]

    got = found(tmp_path, "yolox", {"out": rows[None]})

    assert got.boxes.tolist() == [pytest.approx(_BOX, abs=1e-4)]
    assert got.scores.tolist() == pytest.approx([0.45])


def test_an_ssd_of_one_list(tmp_path: Path) -> None:
    share = [12 / 64, 26 / 64, 32 / 64, 34 / 64]
    rows = _f([0, 2, 0.8, *share], [-1, 0, 0, 0, 0, 0, 0])

    got = found(tmp_path, "ssd", {"out": rows[None, None]}, first_class=1)

    assert got.boxes.tolist() == [pytest.approx(_BOX, abs=1e-4)]
    assert got.classes.tolist() == [1]


def test_an_ssd_of_three_lists_with_the_upper_side_first(tmp_path: Path) -> None:
    outputs = {
        "detection_boxes": _f([26 / 64, 12 / 64, 34 / 64, 32 / 64])[None],
        "detection_scores": _f([0.8]),
        "detection_classes": _f([1]),
    }
    names = ("detection_boxes", "detection_scores", "detection_classes")

    got = found(tmp_path, "ssd", outputs, boxes="yxyx", outputs=names)

    assert got.boxes.tolist() == [pytest.approx(_BOX, abs=1e-4)]
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
        names[1]: _f([12, 26, 32, 34], [0, 0, 0, 0])[None],
        "raw_detection_boxes": _f([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4])[None],
        names[2]: _f([0.9, 0]),
        names[3]: np.array([[1, -1]], number),
    }

    got = found(tmp_path, "ssd", outputs)

    assert got.boxes.tolist() == [pytest.approx(_BOX)]
    assert got.classes.tolist() == [1]


def test_lists_of_different_lengths_ask_for_their_names(tmp_path: Path) -> None:
    outputs = {"boxes": _f([1, 2, 3, 4]), "scores": _f([0.9, 0]), "labels": _f([1])}

    with pytest.raises(EvaluationError, match="1 boxes, 2 scores and 1 labels; name"):
        found(tmp_path, "ssd", outputs)


def test_detr_has_a_last_class_for_nothing(tmp_path: Path) -> None:
    logits = _f([0, 4, 0], [0, 0, 9])
    boxes = _f([22 / 64, 30 / 64, 20 / 64, 8 / 64], [0.5, 0.5, 0.1, 0.1])

    got = found(tmp_path, "detr", {"l": logits[None], "b": boxes[None]})

    assert got.classes.tolist() == [1, 0]
    assert got.boxes[0].tolist() == pytest.approx(_BOX, abs=1e-4)
    assert float(got.scores[0]) == pytest.approx(np.e**4 / (np.e**4 + 2))


def test_a_successor_of_detr_asks_each_class_by_itself(tmp_path: Path) -> None:
    boxes = _f([22 / 64, 30 / 64, 20 / 64, 8 / 64])

    got = found(tmp_path, "detr", {"l": _f([-9, 0])[None], "b": boxes[None]})

    assert got.scores.tolist() == [0.5]


@pytest.mark.parametrize("small", [True, False])
def test_mask_rcnn_gives_masks_of_boxes_or_of_the_whole(
    tmp_path: Path, small: bool
) -> None:
    masks = np.zeros((1, 1, 28, 28) if small else (1, 1, 64, 64), np.float32)
    if small:
        masks[..., :14] = 1  # the left half of the box
    else:
        masks[..., 26:34, 12:22] = 1
    outputs = {
        "boxes": _f([12, 26, 32, 34]),
        "labels": np.array([2], np.int64),
        "scores": np.array([0.9], np.float32),
        "masks": masks,
    }

    got = found(tmp_path, "mask-rcnn", outputs, first_class=1)

    mask = mask_of(got.masks[0], 64, 32)
    assert got.boxes.tolist() == [pytest.approx(_BOX, abs=1e-4)]
    assert mask[10:18, 12:22].mean() > 0.9
    assert mask.sum() == mask[10:18, 12:22].sum()


def test_outputs_that_cannot_be_told_ask_for_their_names(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"name them: outputs = \[boxes"):
        found(tmp_path, "ssd", {"a": _f([1, 2, 3, 4]), "b": _f([1])})


def test_another_number_of_classes_is_refused_with_both_shapes(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"for 2 classes, got \[1, 1, 9\]"):
        found(tmp_path, "yolo", {"out": np.zeros((1, 1, 9), np.float32)})


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_logits_are_brought_to_the_pictures_pixels(
    tmp_path: Path, runtime: str
) -> None:
    judge = bright_judge(tmp_path / "j.onnx")
    picture = np.full((30, 50, 3), 20, np.uint8)
    picture[:, 25:] = 220
    own = settings(
        judge,
        "semantic",
        size=None,
        multiple=8,
        fit="stretch",
        classes=("dark", "bright"),
        runtime=runtime,
    )

    got = open_segmenter(own)(picture)

    assert got.shape == (30, 50)
    assert (got[:, :24] == 0).all()
    assert (got[:, 26:] == 1).all()


def test_a_class_without_a_name_is_never_chosen(tmp_path: Path) -> None:
    judge = bright_judge(tmp_path / "j.onnx")
    own = settings(judge, "semantic", classes=("dark", ""), size=None, multiple=1)

    got = open_segmenter(own)(np.full((8, 8, 3), 255, np.uint8))

    assert (got == 0).all()


def test_ids_are_taken_as_they_are(tmp_path: Path) -> None:
    ids = np.zeros((1, 64, 64), np.int64)
    ids[:, 16:48, 32:] = 1
    judge = constant_judge(tmp_path / "j.onnx", {"ids": ids}, _SIZE)

    got = open_segmenter(settings(judge, "semantic"))(_PICTURE)

    assert got.shape == (32, 64)
    assert (got[:, 32:] == 1).all()
    assert (got[:, :32] == 0).all()


def test_a_detector_is_no_segmenter(tmp_path: Path) -> None:
    judge = bright_judge(tmp_path / "j.onnx")

    with pytest.raises(EvaluationError, match="Segmentation needs a judge of kind"):
        open_segmenter(settings(judge, "yolo"))
    with pytest.raises(EvaluationError, match="Detection needs a judge of kind"):
        open_detector(settings(judge, "semantic"))


def test_a_file_that_is_no_network_is_named(tmp_path: Path) -> None:
    (tmp_path / "j.onnx").write_bytes(b"no network")

    with pytest.raises(EvaluationError, match=r"j\.onnx cannot be run"):
        open_detector(settings(tmp_path / "j.onnx", "yolo"))
