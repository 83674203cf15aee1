"""Clips whose packets are lost, doubled in length or turned to noise, muxed anew."""

from collections.abc import Iterator
from io import BytesIO
from random import Random
from typing import Any

import av
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

from benchmarks.fuzzing.mutations import BYTES

_FORMATS = {
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "mov",
    ".mkv": "matroska",
    ".webm": "webm",
    ".avi": "avi",
    ".ts": "mpegts",
    ".flv": "flv",
}


def damage_packets(data: bytes, suffix: str, rng: Random) -> bytes:
    """Returns a whole file whose packets are damaged; as it was if it has none.

    Args:
        data: A whole clip.
        suffix: Of its name.
        rng: What decides.
    """
    form = _FORMATS.get(suffix)
    if form is None:
        return data
    written = BytesIO()
    try:
        with (
            av.open(BytesIO(data), "r") as clip,
            av.open(written, "w", format=form) as output,
        ):
            kept = [s for s in clip.streams if s.type in {"video", "audio"}]
            to = {s.index: output.add_stream_from_template(s) for s in kept}
            for packet in _damaged(clip.demux(kept), rng):
                packet.stream = to[packet.stream.index]
                output.mux(packet)
    except (FFmpegError, ValueError):
        return data
    return written.getvalue()


def _damaged(packets: Iterator[Any], rng: Random) -> Iterator[Any]:
    share = rng.choice((0.05, 0.2, 0.6))
    for packet in packets:
        if packet.dts is None or not packet.size:
            continue
        fate = rng.random()
        if fate > share:
            yield packet
        elif fate > share / 2:
            yield _other(packet, rng.choice(list(BYTES.values()))(bytes(packet), rng))


def _other(packet: Any, data: bytes) -> Any:
    made: Packet[Stream] = Packet(data or b"\0")
    made.pts, made.dts, made.time_base = packet.pts, packet.dts, packet.time_base
    made.duration, made.is_keyframe = packet.duration, packet.is_keyframe
    made.stream = packet.stream
    return made
