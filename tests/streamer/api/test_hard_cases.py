"""Every real clip with an awkward property comes through, or is refused clearly.

`docs/formats.md` is the table of what happens to each.
"""

from fractions import Fraction
from pathlib import Path

import pytest

from sinks.encoding.options import EncodeOptions
from streamer import derain_video
from streamer.settings import RunOptions
from tests.conftest import PROJECT
from tests.support.fakes import PassThrough
from tests.support.probe import Seen, look_at

FOLDER = PROJECT.parent / "shared" / "data" / "videos" / "hard_cases"
CLIPS = sorted(
    str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*") if path.is_file()
)
LONG = {"vali/output.mp4": 150, "vali/pts_test_video.mkv": 60}
SIZE_CHANGES = {"vali/test_res_change.h264"}
NO_TIMES = {"vali/test_res_change.h264"}
CORRUPT = {"vali/test_bad_task_info_pynv.mkv": 1}
LIMITED = 1

pytestmark = [pytest.mark.shared, pytest.mark.slow]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("name", CLIPS)
def test_a_hard_case_comes_through_whole(
    name: str, suffix: str, tmp_path: Path
) -> None:
    source, sink = FOLDER / name, tmp_path / f"out{suffix}"
    frames = LONG.get(name)

    report = derain_video(
        source,
        sink,
        network=PassThrough(),
        run=RunOptions(max_frames=frames),
        encode=EncodeOptions(quality=35),
    )

    before, after = look_at(source), look_at(sink)
    assert report.corrupt_packets == CORRUPT.get(name, 0)
    assert len(after.times) == report.frames_out
    if name not in NO_TIMES:
        expected = before.times[:frames]
        assert len(after.times) == len(expected)
        pairs = zip(expected, after.times, strict=True)
        assert max(abs(a - b) for a, b in pairs) <= Fraction(1, 1000)
    assert after.rotations == before.rotations
    assert (after.pixel_aspect or 1) == (before.pixel_aspect or 1)
    assert spoken(after) == spoken(before)
    assert after.bad_packets == 0
    if name not in SIZE_CHANGES:
        assert after.sizes == before.sizes
    assert depth(after) == depth(before)
    assert chroma(after) >= chroma(before)


def spoken(seen: Seen) -> set[tuple[int, int, int, int]]:
    """Returns the tags with "limited" for an unsaid range, which is what it means.

    H.264 cannot say "limited" alone, and HEVC cannot leave it out.
    """
    return {(m, r or LIMITED, p, t) for m, r, p, t in seen.tags}


def depth(seen: Seen) -> set[str]:
    return {name.partition("p")[2] for name in map(plain, seen.pixel_formats)}


def chroma(seen: Seen) -> str:
    return min(plain(name)[3:6] for name in seen.pixel_formats)


def plain(name: str) -> str:
    return name.replace("yuvj", "yuv")


def test_there_are_clips_to_try(shared_videos: Path) -> None:
    assert len(list((shared_videos / "hard_cases").rglob("*.*"))) >= 40
