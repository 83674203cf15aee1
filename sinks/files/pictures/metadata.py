"""Puts EXIF, colour profile, XMP, density and texts into files just encoded."""

import struct
import zlib
from dataclasses import replace

from sinks.files.pictures.tiff import tiff_with
from sources.pictures.metadata import PictureMetadata, upright
from sources.pictures.tiff import (
    DENSITY_UNIT,
    X_DENSITY,
    Y_DENSITY,
    file_of,
    rational,
    shorts,
)

_SEGMENT = 65_533
_ICC = b"ICC_PROFILE\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_JFIF = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
_PNG_HEAD = 33
"""Signature and first chunk."""
_BMP_DENSITY = 38
_INCH = 0.0254
_PER_INCH = 2
_RGB_PROFILE = b"RGB "
_KINDS = {
    **dict.fromkeys((".jpg", ".jpeg"), "jpeg"),
    **{".png": "png", ".webp": "webp", ".bmp": "bmp"},
    **dict.fromkeys((".tif", ".tiff"), "tiff"),
}


def with_metadata(
    data: bytes, suffix: str, size: tuple[int, int], metadata: PictureMetadata
) -> tuple[bytes, list[str]]:
    """Returns the file with the metadata in it, and what has no place there, in words.

    Args:
        data: The whole file.
        suffix: Its kind.
        size: Width and height of the picture.
        metadata: What the source carried; its pixels are upright now.
    """
    kind = _KINDS[suffix]
    kept, lost = _of_rgb(metadata)
    kept = replace(kept, exif=upright(kept.exif) if kept.exif else b"")
    if kept.own and kind != kept.kind:
        lost.append(kept.names[-1])
        kept = replace(kept, own=())
    if kind == "bmp":
        return _bmp(data, kept), lost + kept.names
    if kind == "png":
        return data[:_PNG_HEAD] + _png_chunks(kept) + data[_PNG_HEAD:], lost
    if kind == "webp":
        return _webp(data, size, kept), lost
    if kind == "tiff":
        return tiff_with(data, kept), lost
    segments, too_long = _jpeg_segments(kept)
    return _jpeg(data, segments, kept.dpi), lost + too_long


def _of_rgb(metadata: PictureMetadata) -> tuple[PictureMetadata, list[str]]:
    """Leaves out a profile of CMYK or grey: what is written is RGB."""
    if not metadata.icc or metadata.icc[16:20] == _RGB_PROFILE:
        return metadata, []
    space = metadata.icc[16:20].decode("latin-1").strip()
    return replace(metadata, icc=b""), [f"colour profile (ICC) of {space}"]


def _jpeg(data: bytes, segments: bytes, dpi: tuple[float, float] | None) -> bytes:
    if dpi is not None and data.startswith(_JFIF):
        unit = struct.pack(">BHH", 1, *(min(round(each), 65_535) for each in dpi))
        data = data[: len(_JFIF) + 2] + unit + data[len(_JFIF) + 7 :]
    if data.startswith(_JFIF):  # JFIF wants to be the first
        end = 4 + int.from_bytes(data[4:6], "big")
        return data[:end] + segments + data[end:]
    return data[:2] + segments + data[2:]


def _jpeg_segments(kept: PictureMetadata) -> tuple[bytes, list[str]]:
    """Returns the segments, and what is too long for one."""
    most = _SEGMENT - len(_ICC) - 2
    pieces = [kept.icc[at : at + most] for at in range(0, len(kept.icc), most)]
    exif = b"Exif\0\0" + kept.exif if kept.exif else b""
    bodies = [
        (0xE1, "EXIF data", exif),
        (0xE1, "XMP data", _XMP + kept.xmp if kept.xmp else b""),
        *(
            (0xE2, "", _ICC + bytes((number, len(pieces))) + piece)
            for number, piece in enumerate(pieces, start=1)
        ),
        *((marker[0], "", body) for marker, body in kept.own),
    ]
    segments = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
        for marker, _, body in bodies
        if body and len(body) <= _SEGMENT
    )
    return segments, [name for _, name, body in bodies if len(body) > _SEGMENT]


def _png_chunks(kept: PictureMetadata) -> bytes:
    density = b""
    if kept.dpi is not None:
        density = struct.pack(">IIB", *(round(each / _INCH) for each in kept.dpi), 1)
    bodies = [
        *(
            (kind, body)
            for kind, body in kept.own
            if not (kind == b"sRGB" and kept.icc)
        ),
        (b"iCCP", b"profile\0\0" + zlib.compress(kept.icc) if kept.icc else b""),
        (b"pHYs", density),
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
    exif = kept.exif
    if not exif and kept.dpi is not None:  # WebP has no other place for it
        across, down = kept.dpi
        entries = {X_DENSITY: rational([across]), Y_DENSITY: rational([down])}
        exif = file_of({**entries, DENSITY_UNIT: shorts([_PER_INCH])})
    pixels, alpha = data[12:], False
    if pixels.startswith(b"VP8X"):
        alpha = bool(pixels[8] & 0x10)
        pixels = pixels[18:]
    elif pixels.startswith(b"VP8L"):
        alpha = bool(pixels[12] & 0x10)
    if not (kept.icc or exif or kept.xmp):
        return data
    flags = 0x20 * bool(kept.icc) | 8 * bool(exif) | 4 * bool(kept.xmp) | 0x10 * alpha
    width, height = (side - 1 for side in size)
    head = bytes((flags, 0, 0, 0)) + width.to_bytes(3, "little")
    parts = [
        _riff(b"VP8X", head + height.to_bytes(3, "little")),
        _riff(b"ICCP", kept.icc) if kept.icc else b"",
        pixels,
        _riff(b"EXIF", exif) if exif else b"",
        _riff(b"XMP ", kept.xmp) if kept.xmp else b"",
    ]
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _bmp(data: bytes, kept: PictureMetadata) -> bytes:
    if kept.dpi is None:
        return data
    density = struct.pack("<ii", *(round(each / _INCH) for each in kept.dpi))
    return data[:_BMP_DENSITY] + density + data[_BMP_DENSITY + 8 :]
