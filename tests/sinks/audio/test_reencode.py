"""Audio of a file that its new container has no place for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from av.packet import Packet

from sinks.audio.reencode import aac_encoder, add_reencoded, codec_for
from tests.conftest import MakeClip
from tests.support.media.awkward import with_audio


@pytest.fixture
def telephone(make_clip: MakeClip) -> Iterator[av.container.InputContainer]:
    """A clip of a second with G.711."""
    clip = make_clip(frames=25)
    path = with_audio(clip, clip.with_name("in.mov"), "pcm_alaw", 8000)
    with av.open(str(path)) as container:
        yield container


def reencoded(
    source: av.container.InputContainer, target: Path, codec: str, *, gap: float = 0
) -> av.container.InputContainer:
    """Stores the audio of a file alone, its second half later by `gap` seconds."""
    stream = source.streams.audio[0]
    with av.open(str(target), "w") as output:
        copy, encoder = add_reencoded(output, stream, codec)
        packets: list[Packet[Any]] = [p for p in source.demux(stream) if p.size]
        for number, packet in enumerate(packets):
            if number >= len(packets) // 2:
                later = (packet.pts or 0) + round(gap / packet.time_base)
                packet.pts = packet.dts = later
            for part in encoder(packet):
                part.stream = copy
                output.mux(part)
        for part in encoder.rest():
            part.stream = copy
            output.mux(part)
    return av.open(str(target))


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("matroska", "pcm_s16le"),
        ("mov", "pcm_s16le"),
        ("mp4", "aac"),
        ("webm", "libopus"),
        ("mpegts", ""),
    ],
)
def test_plain_samples_stay_plain_where_there_is_a_place_for_them(
    telephone: av.container.InputContainer, container: str, codec: str
) -> None:
    assert codec_for(container, telephone.streams.audio[0]) == codec
    assert codec_for(container, telephone.streams.video[0]) == ""


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [("out.mkv", "pcm_s16le", 8000), ("out.mp4", "aac", 8000)],
)
def test_a_second_of_audio_stays_a_second(
    telephone: av.container.InputContainer,
    tmp_path: Path,
    name: str,
    codec: str,
    rate: int,
) -> None:
    with reencoded(telephone, tmp_path / name, codec) as stored:
        frames = list(stored.decode(audio=0))

    assert {frame.sample_rate for frame in frames} == {rate}
    assert sum(frame.samples for frame in frames) == pytest.approx(8000, abs=2100)


def test_opus_gets_a_rate_that_it_knows(
    telephone: av.container.InputContainer, tmp_path: Path
) -> None:
    with reencoded(telephone, tmp_path / "out.webm", "libopus") as stored:
        assert stored.streams.audio[0].codec_context.name == "opus"
        frames = list(stored.decode(audio=0))

    seconds = sum(frame.samples / frame.sample_rate for frame in frames)
    assert seconds == pytest.approx(1, abs=0.1)


def test_a_gap_stays_a_gap(
    telephone: av.container.InputContainer, tmp_path: Path
) -> None:
    with reencoded(telephone, tmp_path / "out.mkv", "pcm_s16le", gap=2) as stored:
        frames = list(stored.decode(audio=0))

    starts = [float(frame.time or 0) for frame in frames]
    lengths = [frame.samples / frame.sample_rate for frame in frames]
    ends = [start + length for start, length in zip(starts, lengths, strict=True)]
    gaps = [start - end for start, end in zip(starts[1:], ends, strict=False)]
    assert max(gaps) == pytest.approx(2, abs=0.05)
    assert sum(gap > 0.05 for gap in gaps) == 1


def test_audio_of_no_container_becomes_aac_of_its_own_rate(
    make_clip: MakeClip,
) -> None:
    with av.open(str(make_clip("in.mp4", frames=5, audio=True))) as source:
        stream = source.streams.audio[0]
        encoder = aac_encoder(stream, most_channels=2)

    assert (encoder.name, encoder.layout.name) == ("aac", "stereo")
    assert (encoder.sample_rate, encoder.format.name) == (48_000, "fltp")
    assert encoder.is_open
