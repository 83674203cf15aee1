"""What `derain_video` does with audio: copied, fitted, cut with the pictures."""

from fractions import Fraction

import av
import numpy as np
import pytest

from streamer.settings import RunOptions
from tests.conftest import MakeClip
from tests.support.probe import look_at, payload
from tests.support.runs.derained import derained


def test_audio_is_copied_packet_for_packet_with_its_language(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=30, audio=True, title="Rain", chapters=True)

    sink = derained(source)

    assert payload(sink, "audio") == payload(source, "audio")
    assert look_at(sink).languages == look_at(source).languages
    assert look_at(sink).streams == look_at(source).streams
    assert look_at(sink).metadata["title"] == "Rain"
    with av.open(str(sink)) as container:
        assert [c["metadata"]["title"] for c in container.chapters()] == ["first"]


@pytest.mark.parametrize("name", ["out.mp4", "out.mkv"])
def test_audio_of_a_transport_stream_fits_into_other_containers(
    make_clip: MakeClip, name: str
) -> None:
    source = make_clip("clip.ts", frames=30, audio=True, time_base=Fraction(1, 90000))

    sink = derained(source, name)

    assert look_at(sink).streams == ["video", "audio"]

    with av.open(str(sink)) as copied, av.open(str(source)) as original:
        samples = [
            sum(frame.samples for frame in container.decode(audio=0))
            for container in (copied, original)
        ]
    assert samples[0] == samples[1]


def test_a_run_cut_short_takes_no_more_audio_than_pictures(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=100, audio=True)

    sink = derained(source, run=RunOptions(max_frames=25))

    with av.open(str(sink)) as container:
        audio = container.streams.audio[0]
        assert audio.duration is not None
        assert audio.time_base is not None
        assert float(audio.duration * audio.time_base) == pytest.approx(1.0, abs=0.1)
    assert len(look_at(sink).times) == 25


def test_the_language_of_audio_survives_quicktime(make_clip: MakeClip) -> None:
    source = make_clip(frames=25, audio=True, audio_language="deu")

    sink = derained(source, "out.mov")

    assert look_at(sink).languages[1] == "ger"


@pytest.mark.parametrize("name", ["out.mp4", "out.mov", "out.mkv"])
def test_audio_that_only_counts_its_channels_is_copied(
    make_clip: MakeClip, name: str
) -> None:
    clip = make_clip(frames=50)
    source = clip.with_name("pcm.mkv")
    with av.open(str(clip)) as pictures, av.open(str(source), "w") as output:
        copy = output.add_stream_from_template(pictures.streams.video[0])
        audio = output.add_stream("pcm_s16le", rate=48000, layout="stereo")
        noise = np.zeros((1, 2 * 96000), np.int16)
        frame = av.AudioFrame.from_ndarray(noise, "s16", "stereo")
        frame.sample_rate, frame.time_base = 48000, Fraction(1, 48000)
        output.mux(audio.encode(frame))
        for packet in pictures.demux(video=0):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)
    with av.open(str(source)) as made:
        assert made.streams.audio[0].layout.name == "2 channels"

    sink = derained(source, name)

    assert len(look_at(sink).times) == 50
    assert payload(sink, "audio") == payload(source, "audio")
