"""What goes along beside the video, and what is said where it cannot."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from streamer import derain_video
from streamer.pipeline.report import Report
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.media.awkward import (
    packet_times,
    remuxed,
    with_audio,
    with_late_audio,
)
from tests.support.probe import look_at, payload


def derained(source: Path, sink: str) -> tuple[Path, Report]:
    target = source.with_name(sink)
    return target, derain_video(source, target, network=PassThrough())


@pytest.mark.parametrize("sink", ["out.mov", "out.mp4"])
def test_a_time_code_comes_out_once_and_breaks_no_tail(
    make_clip: MakeClip, sink: str
) -> None:
    source = make_clip("in.mov", frames=25, audio=True, time_code="10:00:00:00")

    out, report = derained(source, sink)

    assert report.notes == []
    with av.open(str(out)) as container:
        codes = [s.metadata.get("timecode") for s in container.streams]
        kinds = [s.type for s in container.streams]
    assert codes == ["10:00:00:00", None, "10:00:00:00"]
    assert kinds == ["video", "audio", "data"]


@pytest.mark.parametrize(
    ("codec", "name", "sink", "becomes"),
    [
        ("pcm_alaw", "in.mov", "out.mkv", "pcm_s16le"),
        ("pcm_mulaw", "in.mov", "out.mp4", "aac"),
        ("adpcm_ima_qt", "in.mov", "out.mkv", "pcm_s16le"),
        ("wmav2", "in.asf", "out.mp4", "aac"),
        ("pcm_alaw", "in.mov", "out.webm", "opus"),
    ],
)
def test_audio_without_a_place_is_encoded_anew(
    make_clip: MakeClip, codec: str, name: str, sink: str, becomes: str
) -> None:
    clip = make_clip(frames=25)
    rate = 22050 if codec == "wmav2" else 8000
    source = with_audio(clip, clip.with_name(name), codec, rate)

    out, report = derained(source, sink)

    with av.open(str(out)) as container:
        [stream] = container.streams.audio
        assert stream.codec_context.name == becomes
        frames = list(container.decode(stream))
    seconds = sum(frame.samples / frame.sample_rate for frame in frames)
    assert seconds == pytest.approx(1, abs=0.15)
    said = [note for note in report.notes if note.startswith("audio stream 1")]
    assert len(said) == 1
    assert "stored as" in said[0]


def test_lossless_audio_that_matroska_would_lose_the_end_of_stays_lossless(
    make_clip: MakeClip,
) -> None:
    clip = make_clip(frames=25)
    source = with_audio(clip, clip.with_name("in.mkv"), "tta", 44100)

    out, report = derained(source, "out.mkv")

    before, after = samples_of(source), samples_of(out)
    assert report.notes == ["audio stream 1 (tta) is stored as flac"]
    assert before.size == 44100
    assert (before == after).all()


def samples_of(path: Path) -> NDArray[np.int16]:
    to_16_bit = av.AudioResampler(format="s16")
    with av.open(str(path)) as container:
        parts = [p for f in container.decode(audio=0) for p in to_16_bit.resample(f)]
    return np.concatenate([part.to_ndarray().ravel() for part in parts])


@pytest.mark.parametrize("sink", ["out.mp4", "out.mov"])
def test_audio_that_begins_late_keeps_its_times(make_clip: MakeClip, sink: str) -> None:
    audio = make_clip("sound.mp4", frames=50, audio=True)
    video = make_clip("film.mp4", frames=200)
    source = with_late_audio(video, audio, video.with_name("in.mkv"), seconds=5)

    out, _ = derained(source, sink)

    before, after = packet_times(source, "audio"), packet_times(out, "audio")
    assert len(before) == len(after)
    worst = max(abs(a - b) for a, b in zip(before, after, strict=True))
    assert worst <= Fraction(1, 1000)
    assert payload(out, "audio") == payload(source, "audio")


def test_audio_that_is_announced_and_never_comes_is_left_out_and_said(
    make_clip: MakeClip,
) -> None:
    clip = make_clip(frames=25, audio=True)
    source = remuxed(clip, clip.with_name("in.mkv"), keep=("video",))

    out, report = derained(source, "out.mp4")

    assert report.notes == ["audio stream 1 (aac) is left out: it holds nothing"]
    assert look_at(out).streams == ["video"]


@pytest.mark.parametrize(("name", "frames"), [("in.mp4", 50), ("in.mp4", 6)])
def test_a_constant_rate_stays_the_average_rate(
    make_clip: MakeClip, name: str, frames: int
) -> None:
    source = make_clip(name, frames=frames)

    out, _ = derained(source, "out.mp4")

    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == 25
        assert stream.duration is not None
        assert stream.time_base is not None
        assert stream.duration * stream.time_base == Fraction(frames, 25)


@pytest.mark.parametrize("sink", ["out.mkv", "out.mp4"])
def test_a_gap_in_the_times_makes_the_clip_no_longer(
    make_clip: MakeClip, sink: str
) -> None:
    steps = [*range(25), *range(1025, 1050)]
    base = Fraction(1, 1000)
    source = make_clip("in.mkv", times=[40 * step for step in steps], time_base=base)

    out, report = derained(source, sink)

    assert report.notes == []
    with av.open(str(out)) as container:
        assert container.duration == 42_000_000
        lengths = [
            packet.duration * packet.time_base
            for packet in container.demux(video=0)
            if packet.duration
        ]
    if sink == "out.mkv":
        assert max(lengths) <= Fraction(1, 10)


def test_pictures_of_avi_with_b_frames_are_evenly_apart(make_clip: MakeClip) -> None:
    source = make_clip("in.avi", frames=30, codec="mpeg4", options={"bf": "2"})

    out, report = derained(source, "out.mp4")

    assert report.notes == []
    steps = {b - a for a, b in pairwise(look_at(out).times)}
    assert steps == {Fraction(1, 25)}


def test_a_start_that_is_a_date_becomes_zero_and_is_said(make_clip: MakeClip) -> None:
    date = 1_795_687_200
    times = [(date * 25 + index) * 40 for index in range(25)]
    source = make_clip("in.mkv", times=times, time_base=Fraction(1, 1000), audio=True)

    out, report = derained(source, "out.mp4")

    assert report.notes == [
        "the times begin with a date: all were moved, alike, to begin at zero"
    ]
    assert look_at(out).times[0] == 0
    assert abs(packet_times(out, "audio")[0]) < Fraction(1, 10)


def test_an_audio_packet_that_mp4_refuses_costs_only_itself(
    make_clip: MakeClip,
) -> None:
    clip = make_clip("clip.mkv", frames=10, audio=True)
    with av.open(str(clip)) as container:
        [first, *others] = [
            bytes(packet) for packet in container.demux(audio=0) if packet.size
        ]
    damaged = b"\xff\xf1" + first[2:]
    clip.write_bytes(clip.read_bytes().replace(first, damaged))
    sink = clip.with_name("out.mp4")

    report = derain_video(clip, sink, network=PassThrough())

    assert report.frames_out == 10
    assert "audio stream 1: damaged packets are left out" in report.notes
    assert len(packet_times(sink, "audio")) == len(others)
