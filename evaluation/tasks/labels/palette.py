"""Reads the palette indices of a PNG: Pascal VOC and its kin keep class ids in them.

A decoder of pictures gives the palette's colours. But for its header, a PNG of palette
indices is one of grey levels: it is decoded as one.
"""

import struct
import zlib
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PALETTE, _GREY = 3, 0
_DEPTH, _KIND = 8, 9
"""Places in the header chunk's data."""


def palette_indices(data: bytes) -> NDArray[np.uint8] | None:
    """Returns the indices, [height, width], of a PNG with a palette of colours.

    None if it is no such PNG. A palette of greys alone gives None too: programs that
    make PNGs smaller put grey levels into one, in another order than their values.
    """
    if not data.startswith(_SIGNATURE):
        return None
    chunks = list(_chunks(data))
    header = next((body for name, body in chunks if name == b"IHDR"), b"")
    palette = next((body for name, body in chunks if name == b"PLTE"), b"")
    if len(header) <= _KIND or header[_KIND] != _PALETTE or _is_grey(palette):
        return None
    own = [(b"IHDR", header[:_KIND] + bytes([_GREY]) + header[_KIND + 1 :])]
    own += [(name, body) for name, body in chunks if name in (b"IDAT", b"IEND")]
    grey = b"".join(_chunk(name, body) for name, body in own)
    whole = np.frombuffer(_SIGNATURE + grey, np.uint8)
    levels = cv2.imdecode(whole, cv2.IMREAD_UNCHANGED)
    if levels is None or levels.ndim != 2:
        return None
    # Levels of fewer than eight bits are spread over 0 to 255 as they are decoded.
    step = 255 // (2 ** header[_DEPTH] - 1)
    return np.asarray(levels // step, np.uint8)


def _is_grey(palette: bytes) -> bool:
    colours = np.frombuffer(palette, np.uint8)[: len(palette) // 3 * 3].reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place + 8 <= len(data):
        length, name = struct.unpack(">I4s", data[place : place + 8])
        yield name, data[place + 8 : place + 8 + length]
        place += length + 12


def _chunk(name: bytes, body: bytes) -> bytes:
    check = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)
