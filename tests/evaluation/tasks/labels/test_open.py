import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.tasks.labels.open import Where, open_labelled


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((24, 32, 3), 90, np.uint8))
    return path


def mask(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.zeros((24, 32), np.uint8))
    return path


def coco(path: Path, names: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [
        {"id": i, "file_name": name, "width": 32, "height": 24}
        for i, name in enumerate(names)
    ]
    notes = [
        {"id": i, "image_id": i, "category_id": 1, "bbox": [1, 1, 9, 9]}
        for i in range(len(names))
    ]
    kinds = [{"id": 1, "name": "car"}]
    data = {"images": images, "annotations": notes, "categories": kinds}
    path.write_text(json.dumps(data))


def test_a_coco_layout(tmp_path: Path) -> None:
    for name in ("000000000001", "000000000002"):
        picture(tmp_path / "val2017" / f"{name}.jpg")
    coco(tmp_path / "annotations" / "i.json", ["000000000001.jpg", "000000000003.jpg"])

    found = open_labelled(Where(root=tmp_path), "detection")

    assert [sample.name for sample in found.samples] == ["val2017/000000000001"]
    assert found.problems == (
        "val2017/000000000002: no label",
        "000000000003: a label without a picture",
    )


def test_a_yolo_layout_with_an_empty_label_for_a_picture_without_objects(
    tmp_path: Path,
) -> None:
    for name in ("a", "b"):
        picture(tmp_path / "images" / "val" / f"{name}.png")
        label = tmp_path / "labels" / "val" / f"{name}.txt"
        label.parent.mkdir(parents=True, exist_ok=True)
        label.write_text("0 .5 .5 .5 .5\n" if name == "a" else "")
    (tmp_path / "data.yaml").write_text("names: [car]\n")

    found = open_labelled(Where(root=tmp_path), "detection")

    assert [len(s.objects.instances) for s in found.samples if s.objects] == [1, 0]
    assert found.problems == ()


def test_a_cityscapes_layout_takes_the_masks_of_the_form(tmp_path: Path) -> None:
    picture(tmp_path / "leftImg8bit" / "val" / "ulm" / "ulm_1_leftImg8bit.png")
    for kind in ("labelIds", "labelTrainIds", "instanceIds"):
        mask(tmp_path / "gtFine" / "val" / "ulm" / f"ulm_1_gtFine_{kind}.png")

    where = Where(root=tmp_path, classes=Path("cityscapes-train"))
    found = open_labelled(where, "segmentation")

    (sample,) = found.samples
    assert sample.mask is not None
    assert sample.mask.path.name == "ulm_1_gtFine_labelTrainIds.png"
    assert found.problems == ()


def test_a_set_with_rain_has_both_pictures(tmp_path: Path) -> None:
    for folder in ("input", "target"):
        picture(tmp_path / folder / "a.png")
    picture(tmp_path / "input" / "b.png")
    mask(tmp_path / "labels" / "a.png")
    (tmp_path / "classes.toml").write_text('form = "camvid"\n')

    found = open_labelled(Where(root=tmp_path), "segmentation")

    (sample,) = found.samples
    assert sample.rainy is not None
    assert sample.dry is not None
    assert sample.dry.path.parent.name == "target"
    assert f"{tmp_path / 'input' / 'b.png'}: no dry picture" in found.problems
    assert "b: no mask" in found.problems


def test_a_list_chooses_pictures_and_names_what_is_not_there(tmp_path: Path) -> None:
    for name in ("1", "2", "3"):
        picture(tmp_path / "images" / f"{name}.jpg")
    coco(tmp_path / "annotations" / "i.json", ["1.jpg", "2.jpg", "3.jpg"])
    (tmp_path / "list.txt").write_text("images/1.jpg\n3\n9.jpg\n")

    where = Where(root=tmp_path, listing=tmp_path / "list.txt", set_name="COCO350")
    found = open_labelled(where, "detection")

    assert [sample.name for sample in found.samples] == ["1", "3"]
    assert found.problems == (f"{tmp_path / 'list.txt'} names 9.jpg: no such picture",)
    assert found.counted(2, 1) == "2 of 350 pictures: NOT COMPLETE"
    assert "never published" in found.notes[0]


def test_of_two_pictures_of_one_name_the_one_that_is_left_out_is_named(
    tmp_path: Path,
) -> None:
    for suffix in ("jpg", "png"):
        picture(tmp_path / "images" / f"1.{suffix}")
    coco(tmp_path / "annotations" / "i.json", ["1.jpg"])
    (tmp_path / "list.txt").write_text("1.webp\n")

    (said,) = open_labelled(Where(root=tmp_path), "detection").problems
    listing = Where(root=tmp_path, listing=tmp_path / "list.txt")

    assert said.endswith("1.jpg: 1.png has the same name, and is taken")
    assert open_labelled(listing, "detection").problems == ()


def test_without_labels_it_says_what_was_looked_for(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")

    with pytest.raises(EvaluationError, match="holds no labels; expected COCO JSON"):
        open_labelled(Where(root=tmp_path), "detection")


def test_masks_without_their_meaning_ask_for_it(tmp_path: Path) -> None:
    picture(tmp_path / "images" / "a.png")
    mask(tmp_path / "labels" / "a.png")

    with pytest.raises(EvaluationError, match="nothing says what their values mean"):
        open_labelled(Where(root=tmp_path), "segmentation")


def test_labels_of_other_pictures_are_refused(tmp_path: Path) -> None:
    picture(tmp_path / "images" / "a.png")
    coco(tmp_path / "annotations" / "i.json", ["b.jpg"])

    with pytest.raises(EvaluationError, match="None of the 1 pictures"):
        open_labelled(Where(root=tmp_path), "detection")
