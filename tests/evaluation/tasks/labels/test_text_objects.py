from pathlib import Path

import pytest

from evaluation.tasks.labels.text_objects import (
    read_names,
    read_voc_files,
    read_yolo_files,
)


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
