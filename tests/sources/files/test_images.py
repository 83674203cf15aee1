from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from sources import HasHealth, SourceError, open_source


def draw(path: Path, level: int = 100, size: tuple[int, int] = (48, 32)) -> None:
    picture = np.full((size[1], size[0], 3), level, np.uint8)
    assert cv2.imwrite(str(path), picture)


def names(uri: str) -> list[str]:
    return [frame.name for frame in open_source(uri)]


def test_a_folder_is_read_in_counting_order(tmp_path: Path) -> None:
    for number in (10, 9, 1, 100):
        draw(tmp_path / f"rain_{number}.png")
    (tmp_path / "notes.txt").write_text("no picture")

    assert names(f"{tmp_path}/") == [
        "rain_1.png",
        "rain_9.png",
        "rain_10.png",
        "rain_100.png",
    ]


def test_a_pattern_takes_only_what_fits(tmp_path: Path) -> None:
    for name in ("000003.png", "000004.png", "3.png", "000005.jpg"):
        draw(tmp_path / name)

    assert names(str(tmp_path / "%06d.png")) == ["000003.png", "000004.png"]


@pytest.mark.parametrize("suffix", ["jpg", "png", "bmp", "tiff", "webp"])
def test_every_kind_of_picture_is_one_frame(tmp_path: Path, suffix: str) -> None:
    draw(tmp_path / f"one.{suffix}")

    frames = list(open_source(str(tmp_path / f"one.{suffix}")))

    assert len(frames) == 1
    assert (frames[0].picture.width, frames[0].picture.height) == (48, 32)


def test_the_rate_of_a_folder_can_be_given(tmp_path: Path) -> None:
    draw(tmp_path / "1.png")
    draw(tmp_path / "2.png")

    source = open_source(f"{tmp_path}/?rate=50")

    assert [frame.pts * frame.time_base for frame in source] == [0, Fraction(1, 50)]


def test_an_unreadable_picture_is_left_out_counted_and_named(tmp_path: Path) -> None:
    draw(tmp_path / "1.png")
    (tmp_path / "2.png").write_bytes(b"torn")
    draw(tmp_path / "3.png")
    source = open_source(f"{tmp_path}/")

    seen = [(frame.name, frame.index, frame.pts) for frame in source]

    assert seen == [("1.png", 0, 0), ("3.png", 1, 2)]
    assert isinstance(source, HasHealth)
    assert source.health.corrupt_packets == 1
    assert "2.png" in source.health.notes[0]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no picture"):
        open_source(f"{tmp_path}/")


def test_an_animated_webp_is_named(tmp_path: Path) -> None:
    animation = cv2.Animation()
    animation.frames = [np.full((20, 20, 3), level, np.uint8) for level in (9, 99)]
    animation.durations = [40, 40]
    path = tmp_path / "in.webp"
    cv2.imwriteanimation(str(path), animation)

    with pytest.raises(SourceError, match="is an animated WebP, which FFmpeg cannot"):
        list(open_source(str(path)))
