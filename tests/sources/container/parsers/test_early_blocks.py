from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import av
import pytest

from sources import open_source
from sources.container.parsers.early_blocks import early_times
from sources.files.packet_index import index_of
from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.probe import look_at

LENGTHS = [40, 20, 60, 40, 40] * 8
"""In ms, not all alike: nobody can guess them."""
TIMES = [-620, *accumulate(LENGTHS, initial=-600)]


def cut_without_encoding(make_clip: MakeClip) -> Path:
    return make_clip(
        "cut.mkv",
        times=TIMES,
        time_base=Fraction(1, 1000),
        audio=True,
        options={"bf": "2"},
        muxing={"avoid_negative_ts": "disabled"},
    )


def test_pictures_before_zero_have_the_times_of_their_blocks(
    make_clip: MakeClip,
) -> None:
    clip = cut_without_encoding(make_clip)

    source = open_source(str(clip))
    frames = list(source)
    source.close()

    with av.open(str(clip)) as container:  # what FFmpeg says alone
        assert next(container.decode(video=0)).pts is None
    assert [frame.pts + TIMES[0] for frame in frames] == TIMES
    assert index_of(clip).times == tuple(TIMES)


@pytest.mark.parametrize("name", ["out.mkv", "out.mp4"])
def test_a_film_cut_without_encoding_keeps_its_times_and_its_audio_in_place(
    make_clip: MakeClip, name: str
) -> None:
    clip = cut_without_encoding(make_clip)
    sink = clip.with_name(name)

    report = derain_video(clip, sink, network=PassThrough())

    assert report.notes == ["times before zero were moved, all alike, to begin there"]
    times = [round(time * 1000) for time in look_at(sink).times]
    assert times == [time - TIMES[0] for time in TIMES]
    with av.open(str(clip)) as before, av.open(str(sink)) as after:
        [first], [second] = (
            [next(p for p in c.demux(audio=0))] for c in (before, after)
        )
        assert first.pts is not None
        assert second.pts is not None
        moved = second.pts * second.time_base - first.pts * first.time_base
    assert moved == pytest.approx(Fraction(-TIMES[0], 1000), abs=0.002)


def test_what_is_no_matroska_has_no_early_blocks(make_clip: MakeClip) -> None:
    assert early_times(make_clip("in.mp4", frames=2)) == {}
    assert early_times(make_clip("in.mkv", frames=2)) == {}
