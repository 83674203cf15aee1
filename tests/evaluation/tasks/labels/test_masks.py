from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation.errors import EvaluationError
from evaluation.tasks.labels.classes import named_classes, read_classes
from evaluation.tasks.labels.masks import MaskFile, objects_of
from evaluation.tasks.labels.open import Where, open_labelled
from tests.support.sets.palette_png import COLOURS, write_palette_png


@pytest.mark.parametrize("depth", [2, 4, 8])
def test_of_a_mask_with_a_palette_the_indices_are_the_ids(
    tmp_path: Path, depth: int
) -> None:
    rows = [[0, 1, 2, 3, 1], [3, 3, 0, 0, 2]]
    path = write_palette_png(tmp_path / "m.png", rows, depth, COLOURS)

    found = MaskFile(path, named_classes("voc")).read()

    assert found.tolist() == rows


def test_the_same_mask_may_be_one_of_colours(tmp_path: Path) -> None:
    path = write_palette_png(tmp_path / "m.png", [[0, 1, 3]], 8, COLOURS)
    (tmp_path / "classes.toml").write_text(
        '[classes]\nplane = "#800000"\nbike = "#808000"\n'
    )

    found = MaskFile(path, read_classes(tmp_path / "classes.toml")).read()

    assert found.tolist() == [[255, 0, 1]]


def test_of_a_palette_of_greys_the_levels_are_the_ids(tmp_path: Path) -> None:
    # As programs write it that make PNGs of ids smaller.
    greys = [(255,) * 3, (20,) * 3, (3,) * 3]
    path = write_palette_png(tmp_path / "m.png", [[0, 1, 2, 1]], 8, greys)

    found = MaskFile(path, named_classes("voc")).read()

    assert found.tolist() == [[255, 20, 3, 20]]


def _numbered(path: Path, values: NDArray[np.unsignedinteger]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), values)
    return path


def test_numbered_objects_that_touch_have_a_box_each(tmp_path: Path) -> None:
    values = np.full((10, 20), 7, np.uint16)  # road
    values[2:6, 1:5] = 26001  # a car
    values[2:6, 5:9] = 26002  # a car that touches it
    values[7:9, 0:3] = 24  # persons, not told apart
    path = _numbered(tmp_path / "a_gtFine_instanceIds.png", values)

    mask = MaskFile(path, named_classes("cityscapes"))
    found = objects_of(mask).instances

    assert [(i.label, i.box, i.ignore) for i in found] == [
        ("person", (0, 7, 3, 9), True),
        ("car", (1, 2, 5, 6), False),
        ("car", (5, 2, 9, 6), False),
    ]
    assert mask.read()[3, 2] == named_classes("cityscapes").names.index("car")


def test_classes_toml_may_say_how_objects_are_numbered(tmp_path: Path) -> None:
    values = np.array([[300, 301, 2]], np.uint16)
    path = _numbered(tmp_path / "a.png", values)
    text = 'divisor = 100\nthings = ["car"]\n[classes]\nroad = 2\ncar = 3\n'
    (tmp_path / "classes.toml").write_text(text)

    mask = MaskFile(path, read_classes(tmp_path / "classes.toml"))

    assert mask.read().tolist() == [[1, 1, 0]]
    assert [i.box for i in objects_of(mask).instances] == [(0, 0, 1, 1), (1, 0, 2, 1)]


def test_detection_takes_the_masks_that_number_objects(tmp_path: Path) -> None:
    picture = np.zeros((10, 20, 3), np.uint8)
    _numbered(tmp_path / "leftImg8bit" / "ulm" / "u_leftImg8bit.png", picture)
    values = np.full((10, 20), 26001, np.uint16)
    values[:, 10:] = 26002
    folder = tmp_path / "gtFine" / "ulm"
    _numbered(folder / "u_gtFine_instanceIds.png", values)
    _numbered(folder / "u_gtFine_labelIds.png", (values // 1000).astype(np.uint8))

    where = Where(root=tmp_path, classes=Path("cityscapes"))
    (objects,) = open_labelled(where, "detection").samples
    (pixels,) = open_labelled(where, "segmentation").samples

    assert objects.objects is not None
    assert [i.box for i in objects.objects.instances] == [
        (0, 0, 10, 10),
        (10, 0, 20, 10),
    ]
    assert pixels.mask is not None
    assert pixels.mask.path.name == "u_gtFine_labelIds.png"


def test_train_ids_are_not_taken_for_ids(tmp_path: Path) -> None:
    picture = np.zeros((10, 20, 3), np.uint8)
    _numbered(tmp_path / "leftImg8bit" / "ulm" / "u_leftImg8bit.png", picture)
    _numbered(
        tmp_path / "gtFine" / "ulm" / "u_gtFine_labelTrainIds.png", picture[..., 0]
    )

    with pytest.raises(EvaluationError, match="is it cityscapes or cityscapes-train"):
        open_labelled(Where(root=tmp_path, classes=Path("cityscapes")), "segmentation")


def test_a_mask_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "m.png").write_bytes(b"no picture")

    with pytest.raises(EvaluationError, match=r"m\.png cannot be read as a mask"):
        MaskFile(tmp_path / "m.png", named_classes("voc")).read()
