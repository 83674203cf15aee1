import json
from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.tasks.labels.json_objects import read_json_objects


def _json(path: Path, data: object) -> Path:
    path.write_text(json.dumps(data))
    return path


def _coco(**more: object) -> dict[str, object]:
    return {
        "images": [{"id": 7, "file_name": "val/a.jpg", "width": 64, "height": 48}],
        "categories": [{"id": 3, "name": "car"}, {"id": 90, "name": "person"}],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 90, "bbox": [2, 3, 10, 20]},
            {
                "id": 2,
                "image_id": 7,
                "category_id": 3,
                "bbox": [0, 0, 5, 5],
                "iscrowd": 1,
                "segmentation": {"counts": [0, 5], "size": [48, 64]},
            },
        ],
        **more,
    }


def test_coco_json(tmp_path: Path) -> None:
    found = read_json_objects([_json(tmp_path / "instances.json", _coco())])

    assert found.form == "COCO"
    assert found.classes == ("car", "person")
    person, crowd = found.objects["val/a"].instances
    assert (person.label, person.box, person.ignore) == (
        "person",
        (2, 3, 12, 23),
        False,
    )
    assert crowd.ignore
    assert crowd.outline == {"counts": [0, 5], "size": [48, 64]}
    assert found.objects["val/a"].size == (64, 48)


def test_an_annotation_of_an_image_or_category_that_is_not_listed_is_named(
    tmp_path: Path,
) -> None:
    lost = [
        {"id": 5, "image_id": 8, "category_id": 3, "bbox": [0, 0, 1, 1]},
        {"id": 6, "image_id": 7, "category_id": 4, "bbox": [0, 0, 1, 1]},
    ]

    found = read_json_objects([_json(tmp_path / "i.json", _coco(annotations=lost))])

    assert "annotation 5 is of image 8, which is not listed" in found.problems[0]
    assert "annotation 6 has category 4, which is not listed" in found.problems[1]


_BDD_LABELS = [
    {"category": "car", "box2d": {"x1": 1, "y1": 2, "x2": 11, "y2": 12}},
    {"category": "lane", "poly2d": []},
]


@pytest.mark.parametrize(
    "data",
    [
        [{"name": "b1.jpg", "labels": _BDD_LABELS}],
        {"frames": [{"name": "b1.jpg", "labels": _BDD_LABELS}]},
        {"name": "b1", "frames": [{"timestamp": 1, "objects": _BDD_LABELS}]},
    ],
)
def test_bdd100k_json_in_its_three_forms(tmp_path: Path, data: object) -> None:
    found = read_json_objects([_json(tmp_path / "det.json", data)])

    assert found.form == "BDD100K"
    assert found.classes == ("car",)
    assert found.objects["b1"].instances[0].box == (1, 2, 11, 12)


def test_json_of_another_form_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"x\.json is no readable label file"):
        read_json_objects([_json(tmp_path / "x.json", [1, 2])])


@pytest.mark.parametrize(
    "text",
    [
        '["a.jpg"]',
        '{"frames": "a.jpg"}',
        '[{"name": "a.jpg", "labels": ["car"]}]',
        '[{"name": 5, "labels": []}]',
        '{"images": ["a"], "annotations": [], "categories": [1]}',
        "[" * 100_000,
    ],
)
def test_json_of_another_form_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "labels.json"
    path.write_text(text)

    with pytest.raises(EvaluationError, match="no readable label file") as caught:
        read_json_objects([path])

    assert str(path) in str(caught.value)


def test_of_several_json_files_one_of_another_form_is_named(tmp_path: Path) -> None:
    stranger = _json(tmp_path / "report.json", {"task": "detection"})
    own = _json(tmp_path / "instances.json", _coco())

    found = read_json_objects([stranger, own])

    assert list(found.objects) == ["val/a"]
    assert [str(stranger) in problem for problem in found.problems] == [True]


def test_coco_images_without_a_size_count_in_their_own_pixels(tmp_path: Path) -> None:
    images = [{"id": 7, "file_name": "val/a.jpg"}]

    found = read_json_objects([_json(tmp_path / "i.json", _coco(images=images))])

    assert found.objects["val/a"].size is None


@pytest.mark.parametrize("mark", ["crowd", "ignored"])
def test_what_scalabel_calls_a_crowd_is_one(tmp_path: Path, mark: str) -> None:
    box = {"x1": 1, "y1": 2, "x2": 3, "y2": 4}
    labels = [
        {"category": "car", "box2d": box, "attributes": {mark: True}},
        {"category": "car", "box2d": box, "attributes": {mark: False}},
        {"category": "car", "box2d": box, "attributes": None},
    ]
    frames = {"frames": [{"name": "a.jpg", "labels": labels}], "config": {}}

    found = read_json_objects([_json(tmp_path / "b.json", frames)])

    assert [i.ignore for i in found.objects["a"].instances] == [True, False, False]
