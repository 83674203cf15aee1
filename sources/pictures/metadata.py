"""What photographs carry beside their pixels: EXIF, colour profile, XMP, density ...

Read from the parts of JPEG, PNG, WebP, TIFF and BMP files: FFmpeg hands little of it
on.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from sources.pictures import jpeg, png
from sources.pictures.parts import PictureParts
from sources.pictures.tiff import is_tiff
from sources.pictures.tiff_tags import (
    density_in,
    exif_of_tiff,
    says_more_than_density,
    tiff_parts,
)

_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112
_TURNS = {
    **{2: (0, True), 3: (180, False), 4: (180, True), 5: (270, True)},
    **{6: (270, False), 7: (90, True), 8: (90, False)},
}
"""Counter-clockwise turn, and whether a mirror follows it."""
_INCH = 0.0254
_BMP_DENSITY = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureMetadata:
    """As bytes of their own formats; empty where there is none."""

    exif: bytes = b""
    """A TIFF structure, without the name before it; of TIFF files their own tags."""
    icc: bytes = b""
    xmp: bytes = b""
    dpi: tuple[float, float] | None = None
    """Pixels per inch, across and down; None where the file does not say."""
    own: tuple[tuple[bytes, bytes], ...] = ()
    """What only the same kind of file can hold, name or marker and body: texts and
    colour chunks of PNG, comments and IPTC of JPEG."""
    kind: str = ""
    """`png`, `jpeg`: what `own` is of."""
    premultiplied: bool = False
    """Whether the colours of TIFF are multiplied by alpha already."""
    lost: tuple[str, ...] = ()
    """What is there and cannot be handed on, in words."""

    @property
    def names(self) -> list[str]:
        """What there is beside the density, in words."""
        own = f"texts and marks of {self.kind.upper()}"
        there = {
            **{"EXIF data": self.exif, "colour profile (ICC)": self.icc},
            **{"XMP data": self.xmp, own: self.own},
        }
        return [name for name, data in there.items() if data]


def metadata_of(data: bytes) -> PictureMetadata:
    """Returns what a picture file carries; nothing for a kind that is not known."""
    try:
        if data.startswith(b"\xff\xd8"):
            return _of_jpeg(data)
        if data.startswith(b"\x89PNG"):
            return _of_png(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _of_webp(data)
        if is_tiff(data):
            parts = tiff_parts(data)
            return PictureMetadata(
                exif=exif_of_tiff(parts),
                icc=parts.icc,
                xmp=parts.xmp,
                dpi=parts.dpi,
                premultiplied=parts.premultiplied,
                lost=parts.lost,
            )
        if data.startswith(b"BM"):
            return PictureMetadata(dpi=_bmp_density(data))
    except (struct.error, zlib.error, IndexError, ValueError):
        return PictureMetadata()
    return PictureMetadata()


def orientation_in(exif: bytes) -> tuple[int, bool] | None:
    """Returns how EXIF says that a picture is turned; None if it does not say."""
    for place, tag, order in _entries(exif):
        if tag == _ORIENTATION:
            (value,) = struct.unpack_from(order + "H", exif, place + 8)
            return _TURNS.get(value, (0, False))
    return None


def upright(exif: bytes) -> bytes:
    """Returns EXIF for pixels that were turned already, without its thumbnail.

    The thumbnail would still have its rain.
    """
    changed = bytearray(exif)
    count = 0
    for place, tag, order in _entries(exif):
        count += 1
        if tag == _ORIENTATION:
            struct.pack_into(order + "H", changed, place + 8, 1)
    if count:
        order = _order(exif)
        (start,) = struct.unpack_from(order + "I", exif, 4)
        end = start + 2 + 12 * count
        if end + 4 <= len(exif):
            changed[end : end + 4] = bytes(4)
    return bytes(changed)


def _order(exif: bytes) -> str:
    return {b"II": "<", b"MM": ">"}.get(exif[:2], "")


def _entries(exif: bytes) -> Iterator[tuple[int, int, str]]:
    """Yields place, tag and byte order of the entries of the first directory."""
    order = _order(exif)
    if not order or len(exif) < 10:
        return
    (start,) = struct.unpack_from(order + "I", exif, 4)
    if start + 2 > len(exif):
        return
    (count,) = struct.unpack_from(order + "H", exif, start)
    for number in range(count):
        place = start + 2 + 12 * number
        if place + 12 > len(exif):
            return
        yield place, struct.unpack_from(order + "H", exif, place)[0], order


def _of_jpeg(data: bytes) -> PictureMetadata:
    return _of_parts("jpeg", jpeg.parts_of(data))


def _of_png(data: bytes) -> PictureMetadata:
    return _of_parts("png", png.parts_of(data))


def _of_parts(kind: str, parts: PictureParts) -> PictureMetadata:
    return PictureMetadata(
        exif=parts.exif,
        icc=parts.icc,
        xmp=parts.xmp,
        dpi=parts.dpi or density_in(parts.exif),
        own=parts.own,
        kind=kind,
        lost=parts.lost,
    )


def _of_webp(data: bytes) -> PictureMetadata:
    found: dict[bytes, bytes] = {}
    place = 12
    while place + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, place)
        found[kind] = data[place + 8 : place + 8 + size]
        place += 8 + size + size % 2
    exif = found.get(b"EXIF", b"").removeprefix(_EXIF)
    return PictureMetadata(
        exif=exif if says_more_than_density(exif) else b"",
        icc=found.get(b"ICCP", b""),
        xmp=found.get(b"XMP ", b""),
        dpi=density_in(exif),
        lost=("the pictures behind the first",) if b"ANIM" in found else (),
    )


def _bmp_density(data: bytes) -> tuple[float, float] | None:
    across, down = struct.unpack_from("<ii", data, _BMP_DENSITY)
    return (across * _INCH, down * _INCH) if across > 0 and down > 0 else None
