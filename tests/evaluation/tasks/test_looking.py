from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.tasks.judges.detections import Detections
from evaluation.tasks.labels.classes import VOID, read_classes
from evaluation.tasks.labels.masks import MaskFile
from evaluation.tasks.looking import ClassTable, Look, counted, look
from tests.support.networks.judged import BOX, PICTURE, rows_of, settings
from tests.support.networks.tiny_judges import bright_judge, constant_judge
from tests.support.sets.labelled_folders import CLASSES, dry, write


def test_classes_that_both_know_count() -> None:
    table = ClassTable.of(("road", "car", "tree"), ("car", "dog", "road"))

    assert table.names == ("road", "car")
    assert table.of_labels == (0, 1, VOID)
    assert table.of_judge == (1, 2, 0)
    assert table.lacking == ("tree",)


def test_without_a_class_in_common_a_map_is_asked_for() -> None:
    with pytest.raises(EvaluationError, match=r"no class in common\. A .class_map."):
        ClassTable.of(("road",), ("car",))


def test_detections_of_classes_that_nobody_labelled_are_left_out() -> None:
    table = ClassTable.of(("road", "car"), ("car", "dog"))
    found = Detections(
        boxes=np.array([[0, 0, 1, 1], [0, 0, 2, 2]], np.float32),
        scores=np.array([0.9, 0.8], np.float32),
        classes=np.array([1, 0]),
        masks=((1, 2), (3, 4)),
    )

    own = counted(found, table)

    assert (own.scores.tolist(), own.classes.tolist()) == (
        [pytest.approx(0.8)],
        [0],
    )
    assert own.masks == ((3, 4),)


def test_a_look_for_objects_keeps_boxes_in_the_pictures_pixels(tmp_path: Path) -> None:
    rows = rows_of([22, 30, 20, 8, 0.9, 0.0, 1.0])
    judge = settings(
        constant_judge(tmp_path / "j.onnx", {"out": rows[None]}, (64, 64)), "yolo"
    )
    classes = ClassTable.of(("car",), judge.labels)

    seen = look(Look(name="p", picture=PICTURE, judge=judge, classes=classes))

    assert seen.problem == ""
    assert seen.lists["size"] == [64, 32]
    assert list(seen.lists["boxes"]) == pytest.approx(BOX, abs=1e-3)
    assert seen.lists["scores"] == [0.9]
    assert seen.lists["classes"] == [0]
    assert "mask_runs" not in seen.lists


def a_pixel_look(folder: Path, mask: np.ndarray) -> Look:
    (folder / "classes.toml").write_text(CLASSES)
    judge = settings(
        bright_judge(folder / "j.onnx"),
        "semantic",
        classes=("ground", "square"),
        size=None,
        multiple=1,
        fit="stretch",
    )
    return Look(
        name="p",
        picture=dry(),
        judge=judge,
        classes=ClassTable.of(("ground", "square"), judge.labels),
        mask=MaskFile(
            path=write(folder / "m.png", mask),
            classes=read_classes(folder / "classes.toml"),
        ),
    )


def test_a_look_at_pixels_keeps_how_classes_are_taken_for_each_other(
    tmp_path: Path,
) -> None:
    mask = (dry() > 128)[..., 0].astype(np.uint8)
    mask[0, :3] = 1  # which the judge takes for ground

    seen = look(a_pixel_look(tmp_path, mask))

    assert seen.problem == ""
    # A row for each class of the labels; a column for each of the judge, and others.
    assert seen.lists["confusion"] == [48 * 32 - 320 - 3, 0, 0, 3, 320, 0]


def test_what_cannot_be_had_is_said_with_the_pictures_name(tmp_path: Path) -> None:
    seen = look(a_pixel_look(tmp_path, np.zeros((16, 16), np.uint8)))

    assert seen.lists == {}
    assert seen.problem == "p: the mask is 16x16, the picture 48x32."
