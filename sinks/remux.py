"""Puts packets that are already encoded into a container, whatever kind it is."""

import io

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from sinks.packets import TIME_BASE, Encoded


def add_video(container: OutputContainer, key_frame: Encoded) -> VideoStream:
    """Adds a stream of the kind that `key_frame` is of.

    FFmpeg reads size, profile and parameter sets from the key frame itself.
    """
    with av.open(io.BytesIO(key_frame.data), format="h264") as sample:
        stream = container.add_stream_from_template(sample.streams.video[0])
    stream.time_base = TIME_BASE
    return stream


def packet_for(
    stream: VideoStream, encoded: Encoded, *, since: int = 0
) -> "Packet[Stream]":
    """Returns `encoded` as a packet of `stream`; time counts from `since`."""
    packet = Packet(encoded.data)
    packet.time_base = TIME_BASE
    packet.pts = packet.dts = encoded.pts - since
    packet.is_keyframe = encoded.key
    packet.stream = stream
    return packet
