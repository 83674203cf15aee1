"""What photographs carry beside their pixels: EXIF, colour profile and XMP.

Read from the chunks of JPEG, PNG and WebP files: FFmpeg hands little of it on.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_EXIF, _XMP, _ICC = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
_SCAN = 0xDA
_ORIENTATION = 0x0112
_TURNS = {
    **{2: (0, True), 3: (180, False), 4: (180, True), 5: (270, True)},
    **{6: (270, False), 7: (90, True), 8: (90, False)},
}
"""Counter-clockwise turn, and whether a mirror follows it."""
_LONGEST_PROFILE = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureMetadata:
    """As bytes of their own formats; empty where there is none."""

    exif: bytes = b""
    """A TIFF structure, without the name before it."""
    icc: bytes = b""
    xmp: bytes = b""

    @property
    def names(self) -> list[str]:
        """What there is, in words."""
        all_names = {"EXIF data": self.exif, "colour profile (ICC)": self.icc}
        return [
            name for name, data in {**all_names, "XMP data": self.xmp}.items() if data
        ]


def metadata_of(data: bytes) -> PictureMetadata:
    """Returns what a picture file carries; nothing for a kind that is not known."""
    try:
        if data.startswith(b"\xff\xd8"):
            return _of_jpeg(data)
        if data.startswith(b"\x89PNG"):
            return _of_png(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _of_webp(data)
    except (struct.error, zlib.error, IndexError):
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
    """Returns EXIF for pixels that were turned already, and have no small twin.

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
    exif = xmp = b""
    profile: dict[int, bytes] = {}
    place = 2
    while data[place] == 0xFF and data[place + 1] != _SCAN:
        (size,) = struct.unpack_from(">H", data, place + 2)
        body = data[place + 4 : place + 2 + size]
        if body.startswith(_EXIF):
            exif = exif or body[len(_EXIF) :]
        elif body.startswith(_XMP):
            xmp = xmp or body[len(_XMP) :]
        elif body.startswith(_ICC):
            profile[body[len(_ICC)]] = body[len(_ICC) + 2 :]
        place += 2 + size
    icc = b"".join(profile[number] for number in sorted(profile))
    return PictureMetadata(exif=exif, icc=icc, xmp=xmp)


def _of_png(data: bytes) -> PictureMetadata:
    exif = xmp = icc = b""
    place = 8
    while place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        body = data[place + 8 : place + 8 + size]
        if kind == b"eXIf":
            exif = body
        elif kind == b"iCCP":
            packed = body[body.index(0) + 2 :]
            icc = zlib.decompressobj().decompress(packed, _LONGEST_PROFILE)
        elif kind == b"iTXt" and body.startswith(b"XML:com.adobe.xmp\0\0"):
            xmp = body.split(b"\0", 5)[-1]
        place += 12 + size
    return PictureMetadata(exif=exif, icc=icc, xmp=xmp)


def _of_webp(data: bytes) -> PictureMetadata:
    found: dict[bytes, bytes] = {}
    place = 12
    while place + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, place)
        found[kind] = data[place + 8 : place + 8 + size]
        place += 8 + size + size % 2
    exif = found.get(b"EXIF", b"").removeprefix(_EXIF)
    return PictureMetadata(
        exif=exif, icc=found.get(b"ICCP", b""), xmp=found.get(b"XMP ", b"")
    )
