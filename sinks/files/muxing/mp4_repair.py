"""Puts right what FFmpeg's MP4 muxer says of times in a file that it has completed.

The muxer forgets at each fragment how far the ones before it reached. So the last
picture is written as if it lasted to the end of all, and the first packet of a track
that begins late as if it were due at the beginning; here both get their own length
again. Each is one number in the table of lengths (ISO/IEC 14496-12: `stts`, `elst`).
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from sources.container.parsers.mp4_boxes import Box, content, find

_ENTRY = struct.Struct(">II")
_FREE = b"free"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackTimes:
    """What is known of the times of one track, in seconds."""

    put_forward: Fraction = Fraction(0)
    """By so much the first packet was written too early."""
    last: Fraction | None = None
    """How long the last picture lasts."""


def repair(path: Path, tracks: Mapping[int, TrackTimes]) -> None:
    """Corrects a complete MP4 or MOV.

    A track without any packet, as FFmpeg leaves one for a cover, is no track.

    Args:
        path: The file.
        tracks: What is known of them, by their number.

    Raises:
        OSError: The file cannot be written.
    """
    with path.open("r+b") as file:
        end = path.stat().st_size
        for number, track in enumerate(find(file, 0, end, "moov", "trak")):
            found = find(file, track.start, track.end, "mdia", "minf", "stbl", "stts")
            table = content(file, found[0]) if found else bytes(8)
            if not int.from_bytes(table[4:8], "big"):
                file.seek(track.start - len(_FREE))
                file.write(_FREE)
            elif number in tracks:
                _correct(file, track, found[0], tracks[number])


def _correct(file: BinaryIO, track: Box, lengths: Box, times: TrackTimes) -> None:
    [media] = find(file, track.start, track.end, "mdia", "mdhd")
    timescale = _timescale(content(file, media))
    table = content(file, lengths)
    count = int.from_bytes(table[4:8], "big")
    ahead = round(times.put_forward * timescale)
    if ahead and _shorten(file, lengths, table, 0, ahead):
        _move_edit(file, track, -ahead)
    if times.last is not None:
        _, delta = _ENTRY.unpack_from(table, 8 * count)
        excess = delta - round(times.last * timescale)
        _shorten(file, lengths, table, count - 1, excess)


def _shorten(file: BinaryIO, box: Box, table: bytes, entry: int, by: int) -> bool:
    """Shortens the one sample of an entry; returns whether it was that long."""
    place = 8 + 8 * entry
    samples, delta = _ENTRY.unpack_from(table, place)
    if samples != 1 or not 0 < by < delta:
        return False
    file.seek(box.start + place)
    file.write(_ENTRY.pack(1, delta - by))
    return True


def _timescale(header: bytes) -> int:
    """Returns the ticks in a second of a media header (`mdhd`)."""
    (ticks,) = struct.unpack_from(">I", header, 20 if header[0] else 12)
    return int(ticks)


def _move_edit(file: BinaryIO, track: Box, by: int) -> None:
    """Moves what the edit list shows first, unless that is nothing."""
    for edits in find(file, track.start, track.end, "edts", "elst"):
        data = content(file, edits)
        wide = bool(data[0])
        size, offset, form = (20, 8, ">q") if wide else (12, 4, ">i")
        for entry in range(int.from_bytes(data[4:8], "big")):
            place = 8 + size * entry + offset
            (start,) = struct.unpack_from(form, data, place)
            if start >= 0:
                file.seek(edits.start + place)
                file.write(struct.pack(form, start + by))
                return
