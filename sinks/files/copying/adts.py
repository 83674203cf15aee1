"""AAC audio as transport streams carry it (ADTS), made fit for MP4 and Matroska.

FFmpeg would do this by itself, but not in fragmented MP4, where it refuses the packets.
"""

from collections.abc import Iterable
from pathlib import Path

from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.stream import Stream

from sources.container.media import open_path


class AdtsFilter:
    """Takes the ADTS header off each packet of a stream."""

    def __init__(
        self, stream: Stream, copy: Stream | None, config: bytes | None
    ) -> None:
        """Gives the decoder's settings to `copy`.

        Args:
            stream: Where packets come from.
            copy: The stream of the output, before its header is written, if there is
                one.
            config: What `decoder_config` or `config_in` returned.
        """
        self._filter = BitStreamFilterContext("aac_adtstoasc", in_stream=stream)
        if config and copy is not None and copy.codec_context is not None:
            copy.codec_context.extradata = config

    def __call__(self, packet: "Packet[Stream]") -> "list[Packet[Stream]]":
        """Returns the packet without its header."""
        return [_plain(bare) for bare in self._filter.filter(packet)]


def is_damaged_aac(packet: "Packet[Stream]") -> bool:
    """Whether a bare packet of AAC begins as no AAC does, but as ADTS.

    MP4's muxer ends the file if a track's first packet does.
    """
    context = packet.stream.codec_context
    if context is None or context.name != "aac":
        return False
    return bytes(packet)[:1] == b"\xff" and bytes(packet)[1:2] >= b"\xf0"


def needs_filter(stream: Stream) -> bool:
    """Tells whether a stream is AAC without the settings that containers want."""
    context = stream.codec_context
    return context is not None and context.name == "aac" and not context.extradata_size


def _plain(packet: "Packet[Stream]") -> "Packet[Stream]":
    """Returns a packet that does not bring the decoder's settings a second time.

    Matroska's muxer writes those over the ones it has, where they are too long for it:
    then the head of the file is no longer valid.
    """
    if not packet.has_sidedata("new_extradata"):
        return packet
    plain: Packet[Stream] = Packet(bytes(packet))
    plain.time_base = packet.time_base
    plain.pts, plain.dts, plain.duration = packet.pts, packet.dts, packet.duration
    plain.is_keyframe = packet.is_keyframe
    return plain


def decoder_config(path: Path, index: int) -> bytes | None:
    """Returns the decoder's settings of a stream, from the file opened once more."""
    with open_path(path) as container:
        stream = container.streams[index]
        return config_in(stream, container.demux(stream))


def config_in(stream: Stream, packets: "Iterable[Packet[Stream]]") -> bytes | None:
    """Returns the decoder's settings, from the first packet that tells them."""
    bare = BitStreamFilterContext("aac_adtstoasc", in_stream=stream)
    for packet in packets:
        for filtered in bare.filter(packet) if packet.size else ():
            if filtered.has_sidedata("new_extradata"):
                return bytes(filtered.get_sidedata("new_extradata"))
    return None
