"""Text subtitles in MP4, which FFmpeg's muxer would end the process for."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from streamer import derain_video
from tests.conftest import MakeClip, in_a_fresh_python
from tests.support.fakes import PassThrough
from tests.support.media.awkward import packet_times, with_cues


def lines(path: Path) -> list[tuple[int, str]]:
    """Returns the texts that are shown, and when, in ms."""
    with av.open(str(path)) as container:
        return [
            (round(packet.pts * packet.time_base * 1000), bytes(packet)[2:].decode())
            for packet in container.demux(subtitles=0)
            if packet.size > 2 and packet.pts is not None
        ]


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_cues_that_overlap_come_out_in_mp4(make_clip: MakeClip, suffix: str) -> None:
    clip = make_clip(frames=50)
    cues = [(200, 1900, "first"), (600, 1000, "second"), (1500, 1600, "last")]
    source = with_cues(clip, clip.with_name("in.mkv"), cues)
    sink = clip.with_name(f"out.{suffix}")

    report = derain_video(source, sink, network=PassThrough())

    assert report.frames_out == 50
    assert lines(sink) == [
        (200, "first"),
        (600, "first\nsecond"),
        (1000, "first"),
        (1500, "first\nlast"),
        (1600, "first"),
    ]


def test_cues_that_follow_each_other_at_once_come_through_twice(
    make_clip: MakeClip,
) -> None:
    clip = make_clip(frames=60)
    cues = [(at, at + 100, str(at)) for at in range(200, 2000, 100)]
    source = with_cues(clip, clip.with_name("in.mkv"), cues)

    for sink in ("once.mp4", "twice.mp4"):
        derain_video(source, clip.with_name(sink), network=PassThrough())
        source = clip.with_name(sink)

    assert lines(source) == [(at, str(at)) for at, _, _ in cues]


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
@pytest.mark.parametrize("cues", [[], [(600, 700, "b")], [(0, 300, "a")]])
def test_text_comes_through_behind_pictures_that_are_decoded_long_before_they_show(
    make_clip: MakeClip, suffix: str, cues: list[tuple[int, int, str]]
) -> None:
    clip = make_clip(frames=3, times=[0, 12800, 13312], options={"bf": "0"})
    source = with_cues(clip, clip.with_name("in.mkv"), cues)
    sink = clip.with_name(f"out.{suffix}")

    done = in_a_fresh_python(
        "from streamer import derain_video\n"
        "from tests.support.fakes import PassThrough\n"
        f"derain_video({str(source)!r}, {str(sink)!r}, network=PassThrough())"
    )

    assert done.returncode == 0, done.stderr  # FFmpeg aborted
    assert lines(sink) == [(at, text) for at, _, text in cues]
    assert packet_times(sink, "video") == [0, Fraction(26, 25), 1]
