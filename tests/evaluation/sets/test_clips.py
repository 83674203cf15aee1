from pathlib import Path

import pytest

from evaluation.sets import open_set
from tests.support.sets.folders import write_named


def test_the_password_of_a_stream_is_in_no_report() -> None:
    found = open_set("video", "rtsp://user:secret@camera/stream")

    assert found.clips[0].rainy == "rtsp://user:secret@camera/stream"
    assert "secret" not in found.clips[0].name + found.root


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


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("RainSynLight25", "video_rain_light"),
        ("RainSynComplex25", "video_rain_heavy"),
    ],
)
def test_rain_syn_is_found_in_its_release(
    tmp_path: Path, name: str, release: str
) -> None:
    for folder in ("rain", "gt"):
        write_named(tmp_path / release / "test" / folder / "clip1", "1.png", "2.png")

    found = open_set(name, str(tmp_path))

    assert [clip.name for clip in found.clips] == ["clip1"]
    assert found.counted(1) == "1 of 25 clips: NOT COMPLETE"
