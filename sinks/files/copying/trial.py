"""Whether a container can hold a stream: found out by writing a small file in memory.

Only the muxer truly knows, and it says so with the head, a packet or the tail.
"""

import io

import av
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

from sinks.files.copying.first_packets import copy_of

_REFUSALS = (FFmpegError, ValueError, TypeError, NotImplementedError, AttributeError)


def storable(container: str, stream: Stream, first: "Packet[Stream] | None") -> bool:
    """Writes a file with this stream alone.

    Args:
        container: FFmpeg's name of the muxer.
        stream: Of the source.
        first: Its first packet, if it has one.
    """
    if stream.type == "attachment":
        return container == "matroska"
    trial = av.open(io.BytesIO(), "w", format=container)
    try:
        copy = trial.add_stream_from_template(stream)
        trial.start_encoding()
        if first is not None and stream.type == "data":
            packet = copy_of(first)
            packet.stream = copy
            trial.mux(packet)
        trial.close()
    except _REFUSALS:
        _abandon(trial)
        return False
    return True


def _abandon(container: OutputContainer) -> None:
    try:
        container.close()
    except (FFmpegError, ValueError):
        return
