"""The chunks of a PNG file beside its picture."""

import struct
import zlib
from collections.abc import Iterator

from sources.pictures.parts import PictureParts

_INCH = 0.0254
_LONGEST_PROFILE = 64 << 20
_XMP = b"XML:com.adobe.xmp\0"
_OWN = frozenset(
    {b"tEXt", b"zTXt", b"iTXt", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"mDCV", b"cLLI"}
    | {b"tIME"}
)
"""Texts, and what the numbers of the colours mean."""


def parts_of(data: bytes) -> PictureParts:
    """Reads a whole file.

    Raises:
        ValueError: A chunk is damaged.
        zlib.error: The profile is damaged.
    """
    chunks = list(_chunks(data))
    found = dict(reversed(chunks))
    xmp = [body for kind, body in chunks if kind == b"iTXt" and body.startswith(_XMP)]
    return PictureParts(
        exif=found.get(b"eXIf", b""),
        xmp=xmp[0].split(b"\0", 5)[-1] if xmp else b"",
        icc=_profile(found.get(b"iCCP", b"")),
        dpi=_density(found.get(b"pHYs", b"")),
        own=tuple(
            (kind, body)
            for kind, body in chunks
            if kind in _OWN and not body.startswith(_XMP)
        ),
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 8
    while place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        yield kind, data[place + 8 : place + 8 + size]
        place += 12 + size


def _profile(body: bytes) -> bytes:
    if not body:
        return b""
    packed = body[body.index(0) + 2 :]
    return zlib.decompressobj().decompress(packed, _LONGEST_PROFILE)


def _density(body: bytes) -> tuple[float, float] | None:
    if len(body) != 9 or body[8] != 1:
        return None
    across, down = struct.unpack(">II", body[:8])
    return (across * _INCH, down * _INCH) if across and down else None
