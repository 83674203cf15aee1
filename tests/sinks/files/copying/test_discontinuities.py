from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av

from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.probe import look_at

STEP = Fraction(1, 25)
MILLISECOND = Fraction(1, 1000)


def audio_times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        packets = container.demux(container.streams.audio[0])
        return [float(p.dts * p.time_base) for p in packets if p.dts is not None]


def one_behind_the_other(make_clip: MakeClip, frames: int) -> Path:
    options = {"bf": "0"}
    clip = make_clip("a.ts", frames=frames, audio=True, rate=25, options=options)
    both = clip.with_name("both.ts")
    both.write_bytes(clip.read_bytes() * 2)
    return both


def test_streams_put_one_behind_the_other_go_on_without_a_error(
    make_clip: MakeClip,
) -> None:
    source = one_behind_the_other(make_clip, frames=12)

    for name in ("o.mp4", "o.mkv"):
        sink = source.with_name(name)
        report = derain_video(source, sink, network=PassThrough())

        times, audio = look_at(sink).times, audio_times(sink)
        steps = [b - a for a, b in pairwise(times)]
        assert len(times) == report.frames_out == 24
        assert max(abs(step - STEP) for step in steps) <= MILLISECOND
        assert audio == sorted(audio)
        assert abs((audio[-1] - audio[0]) - float(times[-1] - times[0])) < 0.1
        assert max(b - a for a, b in pairwise(audio)) < 0.1
        assert any("start anew 1 times" in note for note in report.notes)


def test_times_before_zero_begin_at_zero_and_the_audio_with_them(
    make_clip: MakeClip,
) -> None:
    times = [-2560 + 512 * index for index in range(20)]
    muxing = {"avoid_negative_ts": "disabled"}
    source = make_clip("early.ts", times=times, audio=True, muxing=muxing)
    assert look_at(source).times[0] < 0

    for name in ("o.mp4", "o.mkv"):
        sink = source.with_name(name)
        report = derain_video(source, sink, network=PassThrough())

        after, audio = look_at(sink).times, audio_times(sink)
        assert len(after) == 20
        assert after[0] == 0
        assert abs(after[-1] - 19 * STEP) <= MILLISECOND
        assert abs(audio[0]) < 0.05
        assert "times before zero were moved, all alike, to begin there" in report.notes
