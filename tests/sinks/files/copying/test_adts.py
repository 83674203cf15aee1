"""AAC of transport streams loses its heads and keeps its times."""

from pathlib import Path
from typing import Any

import av
import pytest
from av.packet import Packet
from av.stream import Stream

from sinks.files.copying.adts import (
    AdtsFilter,
    config_in,
    decoder_config,
    is_damaged_aac,
    needs_filter,
)
from tests.conftest import MakeClip

AAC_LC_48K_STEREO = bytes.fromhex("1190")


@pytest.fixture
def transport(make_clip: MakeClip) -> Path:
    return make_clip("in.ts", frames=10, audio=True)


def packets_of(
    container: av.container.InputContainer, stream: Stream
) -> "list[Packet[Any]]":
    return [packet for packet in container.demux(stream) if packet.size]


def test_only_a_stream_without_settings_needs_it(
    transport: Path, make_clip: MakeClip
) -> None:
    with av.open(str(transport)) as bare:
        assert needs_filter(bare.streams.audio[0])
        assert not needs_filter(bare.streams.video[0])
    with av.open(str(make_clip("in.mp4", frames=5, audio=True))) as whole:
        assert not needs_filter(whole.streams.audio[0])


def test_the_settings_are_read_from_the_first_packet(transport: Path) -> None:
    with av.open(str(transport)) as container:
        index = container.streams.audio[0].index

    settings = decoder_config(transport, index)

    assert settings is not None
    assert settings[:2] == AAC_LC_48K_STEREO


def test_without_packets_there_are_no_settings(transport: Path) -> None:
    with av.open(str(transport)) as container:
        assert config_in(container.streams.audio[0], []) is None


def test_packets_lose_their_heads_and_keep_their_times(
    transport: Path, tmp_path: Path
) -> None:
    with (
        av.open(str(transport)) as source,
        av.open(str(tmp_path / "out.mp4"), "w") as output,
    ):
        stream = source.streams.audio[0]
        copy = output.add_stream("aac", rate=48_000, layout="stereo")
        bare = AdtsFilter(stream, copy, AAC_LC_48K_STEREO)
        packets = packets_of(source, stream)
        before = [(packet.pts, packet.size) for packet in packets]
        after = [part for packet in packets for part in bare(packet)]

        assert copy.codec_context.extradata == AAC_LC_48K_STEREO
    assert [(part.pts, part.size + 7) for part in after] == before
    assert not any(part.has_sidedata("new_extradata") for part in after)


def test_a_packet_that_begins_as_a_head_is_no_bare_aac(transport: Path) -> None:
    with av.open(str(transport)) as source:
        stream = source.streams.audio[0]
        [packet, *_] = packets_of(source, stream)
        with_head = is_damaged_aac(packet)
        [bare] = AdtsFilter(stream, stream, None)(packet)  # which takes it
        bare.stream = stream

        assert with_head
        assert not is_damaged_aac(bare)
    with av.open(str(transport)) as source:
        [picture, *_] = packets_of(source, source.streams.video[0])
        assert not is_damaged_aac(picture)
