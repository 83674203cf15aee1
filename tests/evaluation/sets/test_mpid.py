from pathlib import Path

from evaluation.sets import open_set
from tests.support.sets.folders import write_named

_LABEL = """<annotation><size><width>64</width><height>48</height></size>
<object><name>car</name><bndbox><xmin>16</xmin><ymin>12</ymin><xmax>32</xmax>
<ymax>24</ymax></bndbox></object></annotation>"""


def test_object_boxes_are_shares_of_the_labelled_size(tmp_path: Path) -> None:
    write_named(tmp_path / "images", "a.png", "b.png")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.xml").write_text(_LABEL, encoding="utf-8")
    (tmp_path / "labels" / "gone.xml").write_text(_LABEL, encoding="utf-8")

    found = open_set("RIS", str(tmp_path))

    box = found.samples[0].boxes[0]
    assert (box.label, box.left, box.top, box.right) == ("car", 0.25, 0.25, 0.5)
    assert "1 of 2 pictures have object boxes: 1 car" in found.notes
    assert [text.split(": ")[1] for text in found.label_problems] == [
        "no label",
        "a label without a picture",
    ]


def test_a_box_outside_its_picture_is_told(tmp_path: Path) -> None:
    write_named(tmp_path, "a.png")
    outside = _LABEL.replace("<width>64", "<width>24")
    (tmp_path / "a.XML").write_text(outside, encoding="utf-8")

    found = open_set("RID", str(tmp_path))

    assert "reaches out of the picture" in found.label_problems[0]


def test_a_broken_label_is_told_and_its_picture_kept(tmp_path: Path) -> None:
    write_named(tmp_path, "a.png")
    (tmp_path / "a.xml").write_text("<annotation>", encoding="utf-8")

    found = open_set("RID", str(tmp_path))

    assert len(found.samples) == 1
    assert "a.xml is no readable label" in found.label_problems[0]


def test_pictures_of_rid_are_turned_as_their_camera_noted(tmp_path: Path) -> None:
    write_named(tmp_path, "a.jpg")

    assert open_set("RID", str(tmp_path)).samples[0].rainy.exif
    assert not open_set("images", str(tmp_path)).samples[0].rainy.exif
