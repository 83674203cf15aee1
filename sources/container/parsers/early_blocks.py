"""Times before zero in Matroska: FFmpeg's demuxer hands their packets on without any.

Whoever cuts a film without encoding it (`-c copy -avoid_negative_ts disabled`) writes
them: a block's time is signed, and counts from its cluster's, which is not (RFC 9559,
section 10.1; FFmpeg 8.1, `matroska_parse_block`).
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from sources.container.parsers.ebml import (
    CLUSTER,
    Element,
    elements,
    fields,
    segment_of,
    tracks,
)

_CLUSTER_TIME, _SIMPLE_BLOCK, _GROUP, _BLOCK = 0xE7, 0xA3, 0xA0, 0xA1
_TRACK_NUMBER, _CODEC_DELAY = 0xD7, 0x56AA
_TIMESTAMP_SCALE, _INFO = 0x2AD7B1, 0x1549A966
_USUAL_SCALE = 1_000_000
_FURTHEST = 1 << 15
"""Ticks: 16 bits say how far a block lies before its cluster."""


class EarlyTimes:
    """Gives the packets of one container back the times that lie before zero."""

    def __init__(self, container: InputContainer) -> None:
        """Reads nothing yet."""
        self._path = Path(container.name)
        self._matroska = "matroska" in container.format.name
        self._times: Mapping[int, int] | None = None

    def restore(self, packet: "Packet[Stream] | Packet[VideoStream]") -> None:
        """Sets the time of a packet that has none, if its block says one."""
        if not self._matroska or packet.pts is not None or packet.pos is None:
            return
        if self._times is None:
            self._times = {}
            with suppress(OSError):  # what came through a pipe is no file
                self._times = early_times(self._path)
        packet.pts = self._times.get(packet.pos)


def early_times(path: Path) -> Mapping[int, int]:
    """Returns the times before zero, in ticks, by where their blocks begin to say them.

    Raises:
        OSError: The file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        segment = segment_of(file, size)
        if segment is None:
            return MappingProxyType({})
        delays = _delays(file, segment, size)
        found = {}
        for place, track, time in _blocks(file, segment, size):
            ticks = time - delays.get(track, 0)
            if time < 0:
                found[place] = ticks
        return MappingProxyType(found)


def _blocks(
    file: BinaryIO, segment: Element, size: int
) -> Iterator[tuple[int, int, int]]:
    """Yields place, track and time of the blocks that may lie before zero."""
    for cluster in elements(file, segment.start, size):
        if cluster.number != CLUSTER:
            continue
        end = cluster.start + cluster.size if cluster.size >= 0 else size
        begun = 0
        for inner in elements(file, cluster.start, end):
            if inner.number == _CLUSTER_TIME:
                file.seek(inner.start)
                begun = int.from_bytes(file.read(inner.size), "big")
                if begun >= _FURTHEST:
                    return
            elif block := _block_of(file, inner):
                yield block.start, *_track_and_time(file, block, begun)


def _block_of(file: BinaryIO, element: Element) -> Element | None:
    if element.number == _SIMPLE_BLOCK:
        return element
    if element.number != _GROUP:
        return None
    inside = elements(file, element.start, element.start + element.size)
    return next((inner for inner in inside if inner.number == _BLOCK), None)


def _track_and_time(file: BinaryIO, block: Element, begun: int) -> tuple[int, int]:
    file.seek(block.start)
    head = file.read(10)
    length = 9 - head[0].bit_length() if head and head[0] else 1
    track = int.from_bytes(head[:length], "big") & ((1 << 7 * length) - 1)
    return track, begun + int.from_bytes(head[length : length + 2], "big", signed=True)


def _delays(file: BinaryIO, segment: Element, size: int) -> dict[int, int]:
    """Returns by how many ticks FFmpeg puts the blocks of a track earlier."""
    scale = _USUAL_SCALE
    for element in elements(file, segment.start, size):
        if element.number == _INFO:
            said = fields(file, element).get(_TIMESTAMP_SCALE, b"")
            scale = int.from_bytes(said, "big") or _USUAL_SCALE
        if element.number == CLUSTER:
            break
    return {
        int.from_bytes(track.get(_TRACK_NUMBER, b""), "big"): round(
            int.from_bytes(track.get(_CODEC_DELAY, b""), "big") / scale
        )
        for track in tracks(file, size)
    }
