from pathlib import Path

import pytest

from benchmarks.support.drawn_clip import write_clip
from tests.support.probe import look_at


def test_a_clip_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a.mkv", "b.mkv"):
        write_clip(tmp_path / name, 5, (64, 48), codec="ffv1")

    seen = look_at(tmp_path / "a.mkv")
    assert (len(seen.times), seen.sizes) == (5, {(64, 48)})
    assert seen.times[1] - seen.times[0] == pytest.approx(0.04)
    assert (tmp_path / "a.mkv").stat().st_size == (tmp_path / "b.mkv").stat().st_size


def test_codec_and_depth_are_those_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"

    write_clip(path, 2, (64, 48), codec="libx265", pixel_format="yuv420p10le")

    assert look_at(path).pixel_formats == {"yuv420p10le"}
