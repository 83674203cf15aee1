"""Puts EXIF, colour profile and XMP into picture files that were just encoded."""

import struct
import zlib

from sources.pictures.metadata import PictureMetadata, upright

_SEGMENT = 65_533
_ICC = b"ICC_PROFILE\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_PNG_HEAD = 33
"""Signature and first chunk."""
KEEPING = frozenset({".jpg", ".jpeg", ".png", ".webp"})
"""The other kinds have no place for it here."""


def with_metadata(
    data: bytes, suffix: str, size: tuple[int, int], metadata: PictureMetadata
) -> bytes:
    """Returns the file with the metadata in it.

    Args:
        data: The whole file, of a kind in `KEEPING`.
        suffix: Its kind.
        size: Width and height of the picture.
        metadata: What the source carried; its pixels are upright now.
    """
    exif = upright(metadata.exif) if metadata.exif else b""
    kept = PictureMetadata(exif=exif, icc=metadata.icc, xmp=metadata.xmp)
    if suffix == ".png":
        return data[:_PNG_HEAD] + _png_chunks(kept) + data[_PNG_HEAD:]
    if suffix == ".webp":
        return _webp(data, size, kept)
    return data[:2] + _jpeg_segments(kept) + data[2:]


def _jpeg_segments(kept: PictureMetadata) -> bytes:
    most = _SEGMENT - len(_ICC) - 2
    pieces = [kept.icc[at : at + most] for at in range(0, len(kept.icc), most)]
    bodies = [
        *([(0xE1, b"Exif\0\0" + kept.exif)] if kept.exif else []),
        *([(0xE1, _XMP + kept.xmp)] if kept.xmp else []),
        *(
            (0xE2, _ICC + bytes((number, len(pieces))) + piece)
            for number, piece in enumerate(pieces, start=1)
        ),
    ]
    return b"".join(
        struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
        for marker, body in bodies
        if len(body) <= _SEGMENT
    )


def _png_chunks(kept: PictureMetadata) -> bytes:
    bodies = [
        (b"iCCP", b"profile\0\0" + zlib.compress(kept.icc) if kept.icc else b""),
        (b"eXIf", kept.exif),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + kept.xmp if kept.xmp else b""),
    ]
    return b"".join(
        struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in bodies
        if body
    )


def _webp(data: bytes, size: tuple[int, int], kept: PictureMetadata) -> bytes:
    pixels = data[12:]
    if pixels.startswith(b"VP8X"):
        pixels = pixels[18:]
    flags = 0x20 * bool(kept.icc) | 8 * bool(kept.exif) | 4 * bool(kept.xmp)
    width, height = (side - 1 for side in size)
    head = bytes((flags, 0, 0, 0)) + width.to_bytes(3, "little")
    parts = [
        _riff(b"VP8X", head + height.to_bytes(3, "little")),
        _riff(b"ICCP", kept.icc) if kept.icc else b"",
        pixels,
        _riff(b"EXIF", kept.exif) if kept.exif else b"",
        _riff(b"XMP ", kept.xmp) if kept.xmp else b"",
    ]
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
