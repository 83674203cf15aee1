import json
from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.tasks.labels.json_objects import read_json_objects
from evaluation.tasks.labels.text_objects import (
    read_names,
    read_voc_files,
    read_yolo_files,
)
from evaluation.tasks.labels.values import Instance, Objects, inside, reaches_out


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


def test_yolo_text(tmp_path: Path) -> None:
    (tmp_path / "a.names").write_text("person\ncar\n")
    (tmp_path / "p.txt").write_text("1 0.5 0.5 0.2 0.4\n7 .5 .5 .1 .1\n0 .5 .5 .1\n")

    found = read_yolo_files(tmp_path, [tmp_path / "p.txt"], tmp_path / "a.names")

    boxes = found.objects["p"].scaled(100, 50).instances
    assert [box.label for box in boxes] == ["car"]
    assert boxes[0].box == pytest.approx((40, 15, 60, 35))
    assert "line 2: class 7 has no name" in found.problems[0]
    assert "line 3: expected class" in found.problems[1]


@pytest.mark.parametrize(
    "text",
    [
        "path: x\nnames: ['person', car]\nnc: 2\n",
        "names:\n  0: person\n  1: car\nnc: 2\n",
        "names:\n- person\n- car\n",
        "names: {0: person, 1: 'car'}\n",
        "names:  # two of them\n  1: car  # or lorry\n\n  0: person\n",
        "names: [\n  person,\n  car\n]\n",
    ],
)
def test_names_of_a_data_yaml(tmp_path: Path, text: str) -> None:
    (tmp_path / "data.yaml").write_text(text)

    assert read_names(tmp_path / "data.yaml") == ("person", "car")


def test_pascal_voc(tmp_path: Path) -> None:
    (tmp_path / "v.xml").write_text(
        "<annotation><size><width>200</width><height>100</height></size><object>"
        "<name>dog</name><difficult>1</difficult><bndbox><xmin>20</xmin>"
        "<ymin>10</ymin><xmax>60</xmax><ymax>50</ymax></bndbox></object></annotation>"
    )
    (tmp_path / "w.xml").write_text("<annotation>")

    found = read_voc_files(tmp_path, [tmp_path / "v.xml", tmp_path / "w.xml"])

    (dog,) = found.objects["v"].scaled(100, 50).instances
    assert (dog.label, dog.box, dog.ignore) == ("dog", (10, 5, 30, 25), True)
    assert "w.xml is no readable label" in found.problems[0]


def test_a_box_that_reaches_out_is_cut_and_one_that_is_outside_is_none() -> None:
    partly = Instance(label="car", box=(-20, 10, 30, 60))
    outside = Instance(label="car", box=(200, 10, 230, 60))

    assert reaches_out(partly, 100, 50)
    cut = inside(partly, 100, 50)
    assert cut is not None
    assert cut.box == (0, 10, 30, 50)
    assert inside(outside, 100, 50) is None
    assert not reaches_out(Instance(label="car", box=(1, 1, 100.9, 50)), 100, 50)


def test_boxes_without_a_size_are_the_pictures_own_pixels() -> None:
    own = Objects(instances=(Instance(label="car", box=(1, 2, 3, 4)),))

    assert own.scaled(640, 480).instances == own.instances


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


def test_segments_of_yolo_are_outlines_with_the_box_round_them(tmp_path: Path) -> None:
    (tmp_path / "a.names").write_text("car\n")
    (tmp_path / "p.txt").write_text(
        "0 0.1 0.2 0.5 0.2 0.5 0.6\n0 .5 .5 .2 .4 .9\n0 .1 .2 .3 .4 .5 .6 .7\n"
    )

    found = read_yolo_files(tmp_path, [tmp_path / "p.txt"], tmp_path / "a.names")

    segment, sure = found.objects["p"].scaled(100, 50).instances
    assert segment.box == pytest.approx((10, 10, 50, 30))
    assert segment.outline[0] == pytest.approx([10, 10, 50, 10, 50, 30])
    assert sure.box == pytest.approx((40, 15, 60, 35))
    assert sure.outline is None
    assert "line 3: expected class" in found.problems[0]


def test_an_outline_is_scaled_with_its_box() -> None:
    runs = {"counts": [0, 5], "size": [48, 64]}
    polygon = Instance(label="car", box=(1, 2, 3, 4), outline=[[1, 2, 3, 2, 3, 4]])
    crowd = Instance(label="car", box=(1, 2, 3, 4), outline=runs)

    scaled = Objects(instances=(polygon, crowd), size=(10, 10)).scaled(20, 30)

    assert scaled.instances[0].outline == [[2, 6, 6, 6, 6, 12]]
    assert scaled.instances[1].outline == runs


@pytest.mark.parametrize(
    "size", ["", "<size><width>0</width><height>0</height></size>"]
)
def test_voc_without_a_size_counts_in_the_pictures_pixels(
    tmp_path: Path, size: str
) -> None:
    (tmp_path / "v.xml").write_text(
        f"<annotation>{size}<object><name>dog</name><bndbox><xmin>20</xmin><ymin>10"
        "</ymin><xmax>60</xmax><ymax>50</ymax></bndbox></object></annotation>"
    )

    found = read_voc_files(tmp_path, [tmp_path / "v.xml"])

    (dog,) = found.objects["v"].scaled(100, 50).instances
    assert dog.box == (20, 10, 60, 50)
    assert found.problems == ()
