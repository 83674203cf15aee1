"""PNGs of palette indices, as label tools write them."""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

COLOURS = [(0, 0, 0), (128, 0, 0), (0, 128, 0), (128, 128, 0)]


def write_palette_png(
    path: Path, rows: list[list[int]], depth: int, palette: Sequence[tuple[int, ...]]
) -> Path:
    """Writes a PNG of palette indices, as the format says: no program of ours does."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    height, width = len(rows), len(rows[0])
    packed = b""
    for row in rows:
        bits = "".join(f"{index:0{depth}b}" for index in row)
        bits += "0" * (-len(bits) % 8)
        packed += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    header = struct.pack(">IIBBBBB", width, height, depth, 3, 0, 0, 0)
    colours = b"".join(bytes(colour) for colour in palette)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"PLTE", colours)
        + chunk(b"tRNS", b"\0")
        + chunk(b"IDAT", zlib.compress(packed))
        + chunk(b"IEND", b"")
    )
    return path
