"""The audio of a file that goes to a playlist or a server."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from sinks.live.file_audio import file_audio
from sources.audio import Audio
from sources.frame import Colour, Frame
from streamer import derain_video
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.media.awkward import with_audio, with_cues
from tests.support.probe import look_at


def into_playlist(clip: Path) -> tuple[Path, list[str]]:
    playlist = clip.parent / "hls/index.m3u8"
    report = derain_video(clip, playlist, network=PassThrough())
    return playlist, report.notes


def heard(path: Path) -> tuple[str, float, float]:
    """Returns codec, first time and length of the audio, in seconds."""
    with av.open(str(path)) as container:
        [stream] = container.streams.audio
        frames = list(container.decode(stream))
    seconds = sum(frame.samples / frame.sample_rate for frame in frames)
    return stream.codec_context.name, frames[0].time or 0, seconds


@pytest.mark.slow  # a file is played at its own speed
def test_a_file_keeps_its_audio_in_a_playlist(make_clip: MakeClip) -> None:
    clip = make_clip(frames=12, audio=True)

    playlist, notes = into_playlist(clip)

    codec, begin, seconds = heard(playlist)
    assert notes == []
    assert codec == "aac"
    assert abs(begin - float(look_at(playlist).times[0])) < 0.05
    assert seconds == pytest.approx(0.5, abs=0.1)


@pytest.mark.slow  # a file is played at its own speed
@pytest.mark.parametrize(
    ("codec", "name"), [("flac", "in.mkv"), ("ac3", "in.mkv"), ("pcm_s16le", "in.mov")]
)
def test_audio_that_a_playlist_cannot_hold_is_encoded_anew(
    make_clip: MakeClip, codec: str, name: str
) -> None:
    clip = make_clip(frames=12)
    source = with_audio(clip, clip.with_name(name), codec, 48000)

    playlist, notes = into_playlist(source)

    stored, _, seconds = heard(playlist)
    assert stored == "aac"
    assert seconds == pytest.approx(0.5, abs=0.15)
    assert len(notes) == 1
    assert notes[0].startswith(f"audio stream 1 ({codec}) is sent as aac 48000 Hz")


@pytest.mark.slow  # a file is played at its own speed
def test_audio_of_a_transport_stream_goes_without_its_heads(
    make_clip: MakeClip,
) -> None:
    clip = make_clip("in.ts", frames=12, audio=True, options={"bf": "0"})

    playlist, notes = into_playlist(clip)

    assert notes == []
    assert heard(playlist)[2] == pytest.approx(0.5, abs=0.1)


def test_only_packets_of_the_audio_are_read(make_clip: MakeClip) -> None:
    clip = make_clip(frames=12)
    source = with_audio(clip, clip.with_name("in.mov"), "pcm_s24le", 48000)

    audio, _ = file_audio(source, lambda kind: kind.codec == "aac")

    assert audio is not None
    times = []
    with av.open(str(source)) as container:
        for number, picture in enumerate(container.decode(video=0)):
            frame = Frame(
                picture=picture,
                index=number,
                pts=number,
                time_base=Fraction(1, 25),
                colour=Colour(),
                arrived_ns=0,
            )
            times += [packet.pts for packet in audio.beside(frame)]
    audio.close()
    steps = {b - a for a, b in pairwise(times)}
    assert len(times) > 15
    assert steps == {1920}  # 1024 samples of 48000, in 1/90000 s


def test_many_channels_become_stereo_where_no_more_are_taken(
    tmp_path: Path, make_clip: MakeClip
) -> None:
    clip = make_clip(frames=5)
    source = tmp_path / "surround.wav"
    with av.open(str(source), "w") as output:
        stream = output.add_stream("pcm_s16le", rate=48000, layout="5.1")
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 6 * 4800), np.int16), "s16", "5.1"
        )
        frame.sample_rate = 48000
        output.mux(stream.encode(frame))

    def carried(audio: Audio) -> bool:
        return audio.codec == "aac" and audio.layout in {"mono", "stereo"}

    audio, notes = file_audio(source, carried)

    assert audio is not None
    audio.close()
    assert audio.audio.layout == "stereo"
    assert notes == ["audio stream 0 (pcm_s16le) is sent as aac 48000 Hz stereo"]
    assert file_audio(clip, carried) == (None, [])


def test_what_is_not_sent_of_a_file_is_named(make_clip: MakeClip) -> None:
    clip = make_clip(frames=5)
    source = with_cues(clip, clip.with_name("in.mkv"), [(0, 100, "left")])

    _, notes = into_playlist(source)

    assert notes == [
        "left out: subtitle stream 1; of a file, live sinks get the pictures and the "
        "best audio"
    ]


def test_a_file_that_is_not_there_is_the_sources_to_tell(tmp_path: Path) -> None:
    assert file_audio(tmp_path / "missing.mp4", lambda _: True) == (None, [])
    assert file_audio(None, lambda _: True) == (None, [])
