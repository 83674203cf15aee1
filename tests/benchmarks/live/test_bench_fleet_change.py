import tomllib
from pathlib import Path

from benchmarks.live.bench_fleet_change import (
    BROKEN,
    TOUCHED,
    UNTOUCHED,
    CamerasFile,
    missing_in,
)
from tests.conftest import MakeClip

ADDRESSES = {name: f"rtsp://h/{name}" for name in (*UNTOUCHED, *TOUCHED)}


def names_in(text: str) -> set[str]:
    return {stream["name"] for stream in tomllib.loads(text).get("stream", [])}


def test_the_untouched_are_in_the_file_all_the_time(tmp_path: Path) -> None:
    file = CamerasFile(tmp_path, ADDRESSES)

    assert names_in(file.first()) == ADDRESSES.keys()
    for what, text in file.texts():
        if text != BROKEN:
            assert names_in(text) >= set(UNTOUCHED), what
    file.write(file.first())
    assert file.path.read_text() == file.first()


def test_what_is_missing_is_counted_by_the_times(make_clip: MakeClip) -> None:
    step = 512  # of 12,800 a second: 25 frames
    times = [n * step for n in range(20) if n not in (7, 8, 15)]

    clip = make_clip(frames=len(times), times=times, options={"bf": "0"})

    assert missing_in(clip, 0) == (16, 3)
    assert missing_in(clip, 7) == (9, 1)
