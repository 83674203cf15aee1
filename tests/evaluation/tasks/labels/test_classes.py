from pathlib import Path

import cv2
import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.tasks.labels.classes import FORMS, VOID, read_classes
from evaluation.tasks.labels.masks import MaskFile, objects_of


def _mask(path: Path, values: object) -> Path:
    array = np.array(values, np.uint8)
    assert cv2.imwrite(str(path), array[..., ::-1] if array.ndim == 3 else array)
    return path


def test_ids_spelled_out(tmp_path: Path) -> None:
    toml = tmp_path / "classes.toml"
    toml.write_text("void = [9]\n[classes]\nroad = [3, 4]\ncar = 7\n")

    found = MaskFile(_mask(tmp_path / "m.png", [[3, 4, 7, 9]]), read_classes(toml))

    assert found.read().tolist() == [[0, 0, 1, VOID]]


def test_colours_spelled_out(tmp_path: Path) -> None:
    toml = tmp_path / "classes.toml"
    toml.write_text('[classes]\nroad = "#804080"\ncar = ["#400080", "#4080c0"]\n')
    colours = [[[128, 64, 128], [64, 0, 128], [64, 128, 192], [0, 0, 0]]]

    found = MaskFile(_mask(tmp_path / "m.png", colours), read_classes(toml))

    assert found.read().tolist() == [[0, 1, 1, VOID]]


def test_a_value_without_a_class_is_named_with_the_file(tmp_path: Path) -> None:
    path = _mask(tmp_path / "m.png", [[0, 77]])

    with pytest.raises(EvaluationError, match=r"m\.png: the mask holds 77, which has"):
        MaskFile(path, FORMS["camvid"]).read()


def test_a_mask_of_colours_is_not_taken_for_one_of_ids(tmp_path: Path) -> None:
    path = _mask(tmp_path / "m.png", [[[1, 2, 3]]])

    with pytest.raises(EvaluationError, match="holds colours, its classes are ids"):
        MaskFile(path, FORMS["camvid"]).read()


def test_named_forms_hold_the_classes_of_their_authors() -> None:
    assert [len(FORMS[f].names) for f in FORMS] == [11, 11, 19, 19, 19, 21]
    assert len(FORMS["camvid-colours"].values) == 31  # 32 colours, one of them void
    city = FORMS["cityscapes"]
    assert city.names[city.values[26]] == "car"
    assert 18 in city.void
    train = FORMS["cityscapes-train"]
    assert train.names[train.values[13]] == "car"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('form = "x"', "No form of masks is named x"),
        (
            "colour = 1",
            "expected form, void, things, divisor and .classes., got colour",
        ),
        ("void = [1]", "expected form = NAME or a table"),
        ('form = "camvid"\nthings = ["cow"]', "things names cow, which is no class"),
        ('[classes]\na = 1\nb = "#000001"', "must hold ids or colours"),
    ],
)
def test_what_classes_toml_may_not_say(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "classes.toml").write_text(text)

    with pytest.raises(EvaluationError, match=message):
        read_classes(tmp_path / "classes.toml")


def test_boxes_are_drawn_round_the_regions_of_things(tmp_path: Path) -> None:
    mask = np.zeros((40, 60), np.uint8)
    mask[5:15, 10:30] = 8  # a car
    mask[30:32, 50:55] = 8  # too small to count
    mask[20:38, 3:9] = 9  # a pedestrian
    path = _mask(tmp_path / "m.png", mask)

    found = objects_of(MaskFile(path, FORMS["camvid"])).instances

    assert [(i.label, i.box, i.ignore) for i in found] == [
        ("car", (10, 5, 30, 15), False),
        ("car", (50, 30, 55, 32), True),
        ("pedestrian", (3, 20, 9, 38), False),
    ]
