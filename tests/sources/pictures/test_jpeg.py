"""What stands in a JPEG file before its picture."""

import struct

import pytest

from sources.pictures.jpeg import APP13, COMMENT, parts_of

XMP = b"http://ns.adobe.com/xap/1.0/\0"
RESOURCES = b"Photoshop 3.0\0"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xda\0\x02 scan \xff\xd9"


def jfif(unit: int, across: int, down: int) -> bytes:
    body = b"JFIF\0\1\2" + struct.pack(">BHH", unit, across, down) + b"\0\0"
    return segment(0xE0, body)


def resource(number: int, body: bytes) -> bytes:
    size = struct.pack(">I", len(body))
    padded = body + bytes(len(body) % 2)
    return b"8BIM" + struct.pack(">H", number) + b"\0\0" + size + padded


def test_a_bare_picture_carries_nothing() -> None:
    found = parts_of(jpeg())

    assert (found.exif, found.xmp, found.icc, found.dpi) == (b"", b"", b"", None)
    assert (found.own, found.lost) == ((), ())


def test_exif_and_xmp_share_a_marker_and_are_told_apart() -> None:
    found = parts_of(
        jpeg(segment(0xE1, XMP + b"<x/>"), segment(0xE1, b"Exif\0\0II*\0"))
    )

    assert (found.exif, found.xmp) == (b"II*\0", b"<x/>")


def test_a_profile_in_pieces_is_put_together_by_their_numbers() -> None:
    pieces = [(2, b"world"), (1, b"hello ")]
    segments = [
        segment(0xE2, b"ICC_PROFILE\0" + bytes((number, 2)) + body)
        for number, body in pieces
    ]

    assert parts_of(jpeg(*segments)).icc == b"hello world"


@pytest.mark.parametrize(
    ("unit", "across", "down", "dpi"),
    [
        (1, 300, 150, (300.0, 150.0)),
        (2, 100, 100, (254.0, 254.0)),
        (0, 4, 3, None),  # the shape of a pixel alone
        (1, 0, 300, None),
    ],
)
def test_density_is_read_per_inch(
    unit: int, across: int, down: int, dpi: tuple[float, float] | None
) -> None:
    assert parts_of(jpeg(jfif(unit, across, down))).dpi == dpi


def test_a_comment_stays_and_of_photoshops_notes_only_the_texts() -> None:
    text, small_picture = resource(0x0404, b"by hand"), resource(0x040C, b"rainy")
    found = parts_of(
        jpeg(
            segment(COMMENT, b"note"),
            segment(APP13, RESOURCES + small_picture + text),
        )
    )

    assert found.own == ((b"\xfe", b"note"), (b"\xed", RESOURCES + text))


def test_what_is_not_taken_over_is_named() -> None:
    found = parts_of(
        jpeg(
            segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0..."),
            segment(0xE2, b"MPF\0..."),
        )
    )

    assert found.lost == (
        "the long part of XMP",
        "the pictures behind the first (MPF)",
    )


def test_filling_bytes_before_a_marker_are_passed_over() -> None:
    assert parts_of(jpeg(b"\xff\xff" + segment(COMMENT, b"note"))).own == (
        (b"\xfe", b"note"),
    )


@pytest.mark.parametrize("length", [2, 3, 5])
def test_a_file_that_ends_in_its_head_is_an_error(length: int) -> None:
    with pytest.raises((IndexError, struct.error)):
        parts_of(jpeg(segment(COMMENT, b"note"))[:length])
