import shutil
from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.sets import SETS, open_set
from tests.support.folders import write_named, write_pairs, write_picture
from tests.support.golden_pairs import a_pair


def _names(root: Path, name: str) -> list[tuple[str, str]]:
    found = open_set(name, str(root)).samples
    return [
        (sample.rainy.path.name, sample.truth.path.name if sample.truth else "")
        for sample in found
    ]


def test_pairs_are_matched_by_name_and_ordered_by_number(tmp_path: Path) -> None:
    write_named(tmp_path / "input", "10.png", "2.png")
    write_named(tmp_path / "target", "2.jpg", "10.jpg")

    assert _names(tmp_path, "pairs") == [("2.png", "2.jpg"), ("10.png", "10.jpg")]


def test_a_lone_picture_is_named_and_its_set_not_complete(tmp_path: Path) -> None:
    write_pairs(tmp_path, 3)
    (tmp_path / "target" / "2.png").unlink()
    (tmp_path / "input" / "3.png").unlink()

    found = open_set("pairs", str(tmp_path))

    assert found.counted(len(found.samples)) == "1 of 3 pairs: NOT COMPLETE"
    assert "input/2.png: no truth" in found.problems[0]
    assert "target/3.png: no rainy picture" in found.problems[1]


def test_a_set_is_counted_against_the_published_number(tmp_path: Path) -> None:
    write_pairs(tmp_path / "Rain12", 11)

    found = open_set("rain12", str(tmp_path))

    assert found.counted(11) == "11 of 12 pairs: NOT COMPLETE"
    assert found.counted(12) == "12 pairs"


def test_two_files_of_one_name_are_told_and_one_is_used(tmp_path: Path) -> None:
    write_pairs(tmp_path, 1)
    write_named(tmp_path / "input", "1.jpg")

    found = open_set("pairs", str(tmp_path))

    assert len(found.samples) == 1
    assert "same name" in found.problems[0]


@pytest.mark.parametrize(
    ("name", "rainy", "truth"),
    [
        ("Rain100H", "input/1.png", "target/1.png"),
        ("Rain100H", "inputcrop/1.png", "cleancrop/1.png"),
        ("Rain100H", "R100H/inputcrop/1.png", "R100H/cleancrop/1.png"),
        ("Rain100H", "rainy/rain-001.png", "norain-001.png"),
        ("Rain100H", "rain/X2/norain-1x2.png", "norain/norain-1.png"),
        ("Rain100L", "rain/norain-1x2.png", "norain/norain-001.png"),
        ("Rain100L", "rain-001.png", "norain-001.png"),
        ("Test100", "rain/rain-001.png", "norain/norain-001.png"),
        ("Test2800", "rainy_image/901_1.jpg", "ground_truth/901.jpg"),
        ("Test2800", "input/801_14.jpg", "target/801.jpg"),
        ("Test2800", "input/1_1.jpg", "target/1_1.jpg"),
        ("Rain12", "001_in.png", "001_GT.png"),
        ("Rain12", "input/001_in.png", "groundtruth/001_GT.png"),
        ("SPA", "real_test_1000/rain/000.png", "real_test_1000/gt/000gt.png"),
    ],
)
def test_authors_folder_forms_are_known(
    tmp_path: Path, name: str, rainy: str, truth: str
) -> None:
    write_named(tmp_path, rainy, truth)

    assert _names(tmp_path, name) == [(Path(rainy).name, Path(truth).name)]


def test_fourteen_rains_share_one_truth(tmp_path: Path) -> None:
    rains = [f"901_{rain}.jpg" for rain in range(1, 15)]
    write_named(tmp_path / "rainy_image", *rains)
    write_named(tmp_path / "ground_truth", "901.jpg")

    found = open_set("Test2800", str(tmp_path))

    assert len(found.samples) == 14
    assert not found.problems


@pytest.mark.parametrize(
    ("name", "folder", "expected", "rainy_is_left"),
    [("Test100", "test_syn", 100, False), ("Test1200", "DID-MDN-test", 1200, True)],
)
def test_pictures_side_by_side_are_cut(
    tmp_path: Path, name: str, folder: str, expected: int, *, rainy_is_left: bool
) -> None:
    rainy, clean = a_pair(24, 32, seed=1)
    both = (rainy, clean) if rainy_is_left else (clean, rainy)
    write_picture(tmp_path / folder / "1.png", np.hstack(both))

    found = open_set(name, str(tmp_path))

    sample = found.samples[0]
    assert found.expected == expected
    assert sample.truth is not None
    assert np.array_equal(sample.rainy.read(), rainy)
    assert np.array_equal(sample.truth.read(), clean)


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


def test_photographs_have_no_truth(tmp_path: Path) -> None:
    write_named(tmp_path, "a.jpg", "b.png")

    found = open_set("Real200", str(tmp_path))

    assert not found.has_truth
    assert found.counted(2) == "2 of 200 pictures: NOT COMPLETE"


def test_the_password_of_a_stream_is_in_no_report() -> None:
    found = open_set("video", "rtsp://user:secret@camera/stream")

    assert found.clips[0].rainy == "rtsp://user:secret@camera/stream"
    assert "secret" not in found.clips[0].name + found.root


def test_dry_pictures_are_their_own_truth(tmp_path: Path) -> None:
    write_named(tmp_path, "a.jpg", "b.png")

    found = open_set("clean", str(tmp_path))

    assert found.has_truth
    assert all(sample.rainy == sample.truth for sample in found.samples)


def test_nturain_is_read_in_its_authors_form(tmp_path: Path) -> None:
    place = tmp_path / "Dataset_Testing_Synthetic"
    for folder in ("a1_Rain", "a1_GT", "b4_Rain", "b4_GT", "a2_Rain"):
        write_named(place / folder, "00001.jpg")

    found = open_set("NTURain", str(tmp_path))

    assert [clip.name for clip in found.clips] == ["a1", "b4"]
    assert "a2_Rain: no truth" in found.problems[0]
    assert found.counted(2) == "2 of 8 clips: NOT COMPLETE"


def test_clips_of_two_folders_are_matched_by_name(tmp_path: Path) -> None:
    write_named(tmp_path / "input" / "street", "1.png")
    write_named(tmp_path / "target" / "street", "1.png")
    (tmp_path / "input" / "yard.mp4").touch()
    (tmp_path / "target" / "yard.mkv").touch()

    found = open_set("video-pairs", str(tmp_path))

    assert [clip.name for clip in found.clips] == ["street", "yard"]


@pytest.mark.parametrize("name", [name for name in SETS if name != "video"])
def test_an_empty_folder_is_no_set(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvaluationError, match=str(tmp_path)):
        open_set(name, str(tmp_path))


def test_an_unknown_set_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="known: Rain100H"):
        open_set("Rain100X", str(tmp_path))


def test_a_missing_root_is_told(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path)

    with pytest.raises(EvaluationError, match="does not exist"):
        open_set("pairs", str(tmp_path))
