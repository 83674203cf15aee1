"""The parts of a JPEG file that stand before its picture."""

import struct
from collections.abc import Iterator

from sources.pictures.parts import PictureParts

_EXIF, _XMP, _ICC = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
_MORE_XMP, _MORE_PICTURES = b"http://ns.adobe.com/xmp/extension/\0", b"MPF\0"
_JFIF, _PHOTOSHOP, _RESOURCE = b"JFIF\0", b"Photoshop 3.0\0", b"8BIM"
_IPTC = 0x0404
_START_OF_SCAN, APP13, COMMENT = 0xDA, 0xED, 0xFE
_TO_INCHES = {1: 1.0, 2: 2.54}


def parts_of(data: bytes) -> PictureParts:
    """Reads a whole file.

    Raises:
        struct.error: It ends too early.
        IndexError: As before.
    """
    segments = list(_segments(data))
    app1 = [body for marker, body in segments if marker == 0xE1]
    profile = {
        body[len(_ICC)]: body[len(_ICC) + 2 :]
        for marker, body in segments
        if marker == 0xE2 and body.startswith(_ICC)
    }
    more = {
        "the long part of XMP": any(body.startswith(_MORE_XMP) for body in app1),
        "the pictures behind the first (MPF)": any(
            marker == 0xE2 and body.startswith(_MORE_PICTURES)
            for marker, body in segments
        ),
    }
    return PictureParts(
        exif=_first(app1, _EXIF),
        xmp=_first(app1, _XMP),
        icc=b"".join(profile[number] for number in sorted(profile)),
        dpi=next((_density(body) for marker, body in segments if marker == 0xE0), None),
        own=tuple(_own(segments)),
        lost=tuple(name for name, there in more.items() if there),
    )


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 2
    while data[place] == 0xFF and data[place + 1] != _START_OF_SCAN:
        if data[place + 1] == 0xFF:  # a filling byte
            place += 1
            continue
        (size,) = struct.unpack_from(">H", data, place + 2)
        yield data[place + 1], data[place + 4 : place + 2 + size]
        place += 2 + size


def _first(bodies: list[bytes], name: bytes) -> bytes:
    found = (body.removeprefix(name) for body in bodies if body.startswith(name))
    return next(found, b"")


def _density(body: bytes) -> tuple[float, float] | None:
    if not body.startswith(_JFIF):
        return None
    unit, across, down = struct.unpack_from(">BHH", body, len(_JFIF) + 2)
    scale = _TO_INCHES.get(unit, 0.0)
    return (across * scale, down * scale) if scale and across and down else None


def _own(segments: list[tuple[int, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    for marker, body in segments:
        if marker == COMMENT:
            yield bytes((COMMENT,)), body
        if marker == APP13 and body.startswith(_PHOTOSHOP):
            texts = b"".join(_texts(body.removeprefix(_PHOTOSHOP)))
            if texts:
                yield bytes((APP13,)), _PHOTOSHOP + texts


def _texts(resources: bytes) -> Iterator[bytes]:
    """Yields the resources that hold IPTC; others hold a small picture, say."""
    place = 0
    while resources[place : place + 4] == _RESOURCE:
        number, length = struct.unpack_from(">HB", resources, place + 4)
        body = place + 6 + (length + 2) // 2 * 2
        (size,) = struct.unpack_from(">I", resources, body)
        end = body + 4 + size + size % 2
        if number == _IPTC:
            yield resources[place:end]
        place = end
