"""What `derain_video` keeps of times: variable rates, late starts, every frame."""

from fractions import Fraction

import pytest

from sinks.encoding.options import EncodeOptions
from tests.conftest import MakeClip
from tests.support.probe import look_at
from tests.support.runs.derained import derained

VFR = [0, 2992, 8028, 11033, 20000, 20400, 29000, 41000, 41500, 60000, 63000, 66000]


@pytest.mark.parametrize("name", ["out.mp4", "out.mov", "out.mkv"])
def test_a_variable_frame_rate_is_kept_within_a_millisecond(
    make_clip: MakeClip, name: str
) -> None:
    source = make_clip(times=VFR, time_base=Fraction(1, 90000), audio=True)

    sink = derained(source, name)

    before, after = look_at(source).times, look_at(sink).times
    assert len(after) == len(VFR)
    pairs = zip(before, after, strict=True)
    assert max(abs(a - b) for a, b in pairs) <= Fraction(1, 1000)


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv"])
def test_a_start_other_than_zero_is_kept(make_clip: MakeClip, name: str) -> None:
    times = [128_000 + index * 512 for index in range(12)]
    source = make_clip("late.mkv", times=times, time_base=Fraction(1, 12800))

    sink = derained(source, name)

    assert abs(look_at(sink).times[0] - look_at(source).times[0]) <= Fraction(1, 1000)


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_every_frame_comes_out_of_every_codec(make_clip: MakeClip, codec: str) -> None:
    source = make_clip(frames=30)

    sink = derained(source, encode=EncodeOptions(codec=codec))

    assert len(look_at(sink).times) == 30
    assert look_at(sink).times == look_at(source).times


def test_a_rate_that_counts_the_ticks_of_a_clock_goes_into_webm(
    make_clip: MakeClip,
) -> None:
    source = make_clip("clip.mkv", frames=30, rate=1000, time_base=Fraction(1, 1000))

    sink = derained(source, "out.webm")

    assert look_at(sink).times == look_at(source).times
