import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.tasks.labels.find import find_masks, find_objects
from tests.support.sets.labelled_folders import write

COCO = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 8, "height": 8}],
    "categories": [{"id": 1, "name": "car"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 2, 2]}],
}
VOC = (
    "<annotation><object><name>dog</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
    "<xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>"
)


def put(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_json", ".json")
        path = path.with_name(path.name.replace("_xml", ".xml").replace("_txt", ".txt"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_each_form_is_known_by_its_files(tmp_path: Path) -> None:
    coco = put(tmp_path / "1", annotations__instances_val_json=json.dumps(COCO))
    voc = put(tmp_path / "2", Annotations__a_xml=VOC)
    yolo = put(tmp_path / "3", labels__a_txt="0 .5 .5 .1 .1", classes_txt="car")

    found = [find_objects(root, None) for root in (coco, voc, yolo)]

    assert [labels and labels.form for labels in found] == [
        "COCO",
        "Pascal VOC",
        "YOLO",
    ]
    assert [labels and labels.classes for labels in found] == [
        ("car",),
        ("dog",),
        ("car",),
    ]


def test_files_beside_labels_are_none(tmp_path: Path) -> None:
    root = put(
        tmp_path,
        captions_val_json="[]",
        manifest_json="{}",
        input__x_json="[]",
        target__x_xml="<no/>",
        readme_txt="Five pictures in rain.",
    )

    assert find_objects(root, None) is None


def test_a_file_that_the_user_names_is_read_whatever_its_name(tmp_path: Path) -> None:
    root = put(tmp_path, captions_json=json.dumps(COCO))

    found = find_objects(tmp_path / "elsewhere", root / "captions.json")

    assert found is not None
    assert found.form == "COCO"
    with pytest.raises(EvaluationError, match=r"none\.json does not exist"):
        find_objects(root, root / "none.json")


def test_yolo_without_names_asks_for_them(tmp_path: Path) -> None:
    root = put(tmp_path, labels__a_txt="0 .5 .5 .1 .1")

    with pytest.raises(EvaluationError, match=r"no names: expected \*\.names, classes"):
        find_objects(root, None)


def test_masks_need_a_meaning(tmp_path: Path) -> None:
    write(tmp_path / "masks" / "x" / "a.png", np.zeros((4, 4), np.uint8))

    with pytest.raises(EvaluationError, match="nothing says what their values mean"):
        find_masks(tmp_path, None, None)
    (tmp_path / "classes.toml").write_text("[classes]\nroad = 0\n")
    found = find_masks(tmp_path, None, None)

    assert found is not None
    meaning, masks = found
    assert meaning.names == ("road",)
    assert list(masks) == ["x/a"]


def test_where_no_mask_is_there_is_no_meaning_to_look_for(tmp_path: Path) -> None:
    (tmp_path / "masks").mkdir()

    assert find_masks(tmp_path, None, None) is None
    assert find_masks(tmp_path, tmp_path / "masks", None) is None
    assert find_masks(tmp_path, tmp_path / "none", None) is None


def test_of_masks_in_several_forms_those_of_the_classes_are_taken(
    tmp_path: Path,
) -> None:
    for ending in ("labelIds", "instanceIds", "color"):
        path = tmp_path / "gtFine" / "ulm" / f"u_gtFine_{ending}.png"
        write(path, np.zeros((4, 4), np.uint8))

    for objects, ending in ((False, "labelIds"), (True, "instanceIds")):
        found = find_masks(tmp_path, None, Path("cityscapes"), objects=objects)
        assert found is not None
        assert list(found[1]) == [f"ulm/u_gtFine_{ending}"]
