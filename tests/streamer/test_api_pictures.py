"""Folders and single pictures, from file to file."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from sinks import SinkError
from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.probe import look_at


def draw(path: Path, seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (6, 8, 3), np.uint8)
    picture = cv2.resize(small, (64, 48), interpolation=cv2.INTER_CUBIC)
    assert cv2.imwrite(str(path), picture)
    return path


def test_a_png_comes_back_bit_for_bit(tmp_path: Path) -> None:
    source = draw(tmp_path / "a.png")

    derain_video(source, tmp_path / "b.png", network=PassThrough())

    before, after = cv2.imread(str(source)), cv2.imread(str(tmp_path / "b.png"))
    assert before is not None
    assert after is not None
    assert np.array_equal(before, after)


def test_sixteen_bits_stay_sixteen_bits(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 65536, (32, 40, 3), np.uint16)
    assert cv2.imwrite(str(tmp_path / "a.png"), picture)

    derain_video(tmp_path / "a.png", tmp_path / "b.png", network=PassThrough())

    after = cv2.imread(str(tmp_path / "b.png"), cv2.IMREAD_UNCHANGED)
    assert after is not None
    assert after.dtype == np.uint16
    assert np.array_equal(after, picture)


def test_a_folder_keeps_the_names_of_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("rain_2.png", "rain_10.jpg"):
        draw(tmp_path / "in" / name)

    derain_video(f"{tmp_path}/in/", f"{tmp_path}/out/", network=PassThrough())

    found = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert found == ["rain_10.jpg", "rain_2.png"]


def test_a_video_becomes_numbered_pictures_and_a_video_again(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=5)
    folder = source.parent / "frames"

    derain_video(source, f"{folder}/%04d.png", network=PassThrough())
    derain_video(
        f"{folder}/?rate=50", source.with_name("again.mp4"), network=PassThrough()
    )

    assert sorted(p.name for p in folder.iterdir())[-1] == "0004.png"
    again = look_at(source.with_name("again.mp4"))
    assert len(again.times) == 5
    assert again.tags == {(1, 1, 1, 13)}
    assert float(again.times[1]) == pytest.approx(0.02)


def test_a_turned_clip_gives_upright_pictures(make_clip: MakeClip) -> None:
    source = make_clip(frames=1, rotation=90)

    derain_video(source, source.with_name("a.png"), network=PassThrough())

    picture = cv2.imread(str(source.with_name("a.png")))
    assert picture is not None
    assert picture.shape == (64, 48, 3)


def test_many_frames_do_not_fit_into_one_picture(make_clip: MakeClip) -> None:
    source = make_clip(frames=3)

    with pytest.raises(SinkError, match="is one picture, but the source has more"):
        derain_video(source, source.with_name("a.png"), network=PassThrough())


def test_transparency_is_left_out_with_a_note(tmp_path: Path) -> None:
    picture = np.full((32, 40, 4), 128, np.uint8)
    assert cv2.imwrite(str(tmp_path / "a.png"), picture)

    report = derain_video(tmp_path / "a.png", tmp_path / "b.png", network=PassThrough())

    assert report.notes == ["the transparency of the source is left out"]
