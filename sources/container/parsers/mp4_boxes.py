"""The boxes of MP4 and MOV files: what FFmpeg does not hand on is read from them."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_HEAD = struct.Struct(">I4s")
_HOLDERS = frozenset({"moov", "trak", "mdia", "minf", "stbl", "edts", "udta", "gmhd"})
_DEEPEST = 8
_TABLE_HEAD = 8
_VIDEO_ENTRY = 78
"""Bytes of a video sample entry before the boxes inside it."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its name, and where its content lies in the file."""

    kind: str
    start: int
    """Offset of the content, behind the head."""
    size: int
    """Bytes of the content."""

    @property
    def end(self) -> int:
        """Offset behind the content."""
        return self.start + self.size


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Yields the boxes that lie one behind the other from `start` to `end`.

    What is no box ends the walk: a file may be cut, or something else.
    """
    place = start
    while place + _HEAD.size <= end:
        file.seek(place)
        head = file.read(16)
        if len(head) < _HEAD.size:
            return
        size, kind = _HEAD.unpack_from(head)
        length = _HEAD.size
        if size == 1 and len(head) == 16:
            (size,) = struct.unpack_from(">Q", head, _HEAD.size)
            length = 16
        elif size == 0:
            size = end - place
        if size < length or place + size > end:
            return
        yield Box(kind.decode("latin-1"), place + length, size - length)
        place += size


def is_fragmented(path: Path) -> bool:
    """Tells whether a file is an MP4 or MOV with at least one whole fragment's head.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return any(box.kind == "moof" for box in boxes(file, 0, path.stat().st_size))


def inside(file: BinaryIO, box: Box) -> Iterator[Box]:
    """Yields the boxes in a box that holds nothing else."""
    return boxes(file, box.start, box.end)


def find(file: BinaryIO, start: int, end: int, *path: str) -> list[Box]:
    """Returns all boxes that a path of names such as `moov`, `trak` leads to."""
    found = [box for box in boxes(file, start, end) if box.kind == path[0]]
    for kind in path[1:]:
        found = [
            box for outer in found for box in inside(file, outer) if box.kind == kind
        ]
    return found


def content(file: BinaryIO, box: Box) -> bytes:
    """Returns what is in a box."""
    file.seek(box.start)
    return file.read(box.size)


def tree(file: BinaryIO, start: int, end: int, depth: int = 0) -> Iterator[Box]:
    """Yields every box, those inside others after their holder."""
    for box in boxes(file, start, end):
        yield box
        if box.kind in _HOLDERS and depth < _DEEPEST:
            yield from tree(file, box.start, box.end, depth + 1)
        elif box.kind == "stsd" and depth < _DEEPEST:
            for entry in boxes(file, box.start + _TABLE_HEAD, box.end):
                yield entry
                yield from boxes(file, entry.start + _VIDEO_ENTRY, entry.end)
