"""Puts cover pictures into an MP4 or MOV where FFmpeg's muxer leaves them out.

FFmpeg writes covers beside the tags of iTunes alone: not into MOV, and not beside tags
of any name (`mdta`). Players and FFmpeg's own demuxer look in one place in all three: a
list of tags (`meta` with the handler `mdir`) in the film's user data.
"""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from sources.container.parsers.mp4_boxes import Box, boxes, content, find

_FREE = b"free"
_JPEG, _PNG, _BMP = 13, 14, 27
"""Kinds of values, by their numbers in QuickTime's list of well-known types."""
_KINDS = {b"\xff\xd8": _JPEG, b"\x89P": _PNG, b"BM": _BMP}
_COVER = "covr"
_VERSION_AND_FLAGS = 4


def add_covers(path: Path, covers: Sequence[bytes]) -> None:
    """Adds the covers that a complete file has not.

    The film's head is written anew at the end of the file, and only then is the old one
    given up: a crash in between leaves a file that plays.

    Args:
        path: An MP4 or MOV that is complete.
        covers: JPEG, PNG or BMP, whole; others are passed over.

    Raises:
        OSError: The file cannot be written.
    """
    known = [cover for cover in covers if cover[:2] in _KINDS]
    if not known:
        return
    end = path.stat().st_size
    with path.open("r+b") as file:
        heads = find(file, 0, end, "moov")
        if len(heads) != 1 or _has_covers(file, heads[0]):
            return
        [head] = heads
        fresh = _head_with(file, head, _tags_with(known))
        file.seek(end)
        try:
            file.write(fresh)
            file.flush()
        except OSError:
            file.truncate(end)
            raise
        file.seek(head.start - len(_FREE))
        file.write(_FREE)


def _has_covers(file: BinaryIO, head: Box) -> bool:
    for tags in find(file, head.start, head.end, "udta", "meta"):
        start = tags.start + _VERSION_AND_FLAGS
        if find(file, start, tags.end, "ilst", _COVER):
            return True
    return False


def _tags_with(covers: Sequence[bytes]) -> bytes:
    values = [
        _box(b"data", struct.pack(">II", _KINDS[cover[:2]], 0) + cover)
        for cover in covers
    ]
    handler = _box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
    tags = _box(b"ilst", _box(_COVER.encode(), b"".join(values)))
    return _box(b"meta", bytes(_VERSION_AND_FLAGS) + handler + tags)


def _head_with(file: BinaryIO, head: Box, tags: bytes) -> bytes:
    """Returns the film's head with `tags` in its user data, which it may not have."""
    parts, added = [], False
    for part in boxes(file, head.start, head.end):
        data = content(file, part)
        if part.kind == "udta" and not added:
            data, added = data + tags, True
        parts.append(_box(part.kind.encode("latin-1"), data))
    if not added:
        parts.append(_box(b"udta", tags))
    return _box(b"moov", b"".join(parts))


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(data), kind) + data
