"""What photographs carry is read from their parts, bent ones included."""

import struct

import pytest

from sources.pictures.metadata import (
    PictureMetadata,
    metadata_of,
    orientation_in,
    upright,
)

TURN, MAKER = 0x0112, 0x010F


def exif(orientation: int, order: str = "<", *, behind: bytes = b"thumbnail") -> bytes:
    """EXIF with a maker, a turn, and the place of a second directory behind it."""
    entries = struct.pack(order + "HHI4s", MAKER, 2, 4, b"Acme")
    entries += struct.pack(order + "HHIHxx", TURN, 3, 1, orientation)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = mark + struct.pack(order + "IH", 8, 2) + entries
    return head + struct.pack(order + "I", len(head) + 4) + behind


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
        for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(
    ("orientation", "turn"),
    [
        (1, (0, False)),
        (2, (0, True)),
        (3, (180, False)),
        (6, (270, False)),
        (8, (90, False)),
        (9, (0, False)),  # of no meaning
    ],
)
def test_the_turn_of_a_camera_is_read_in_either_byte_order(
    order: str, orientation: int, turn: tuple[int, bool]
) -> None:
    assert orientation_in(exif(orientation, order)) == turn


@pytest.mark.parametrize("order", "<>")
def test_turned_pixels_have_no_turn_and_no_small_twin(order: str) -> None:
    before = exif(6, order)

    after = upright(before)

    assert orientation_in(after) == (0, False)
    place = len(before) - len(b"thumbnail") - 4
    assert after[place : place + 4] == bytes(4)
    assert b"Acme" in after
    assert len(after) == len(before)


@pytest.mark.parametrize("length", range(0, 38, 3))
def test_exif_that_is_cut_says_what_it_can(length: int) -> None:
    cut = exif(6)[:length]

    assert orientation_in(cut) in {None, (270, False)}
    assert len(upright(cut)) == length


def test_the_parts_of_a_webp_are_found_behind_odd_lengths() -> None:
    found = metadata_of(
        webp(
            (b"VP8X", bytes(10)),
            (b"ICCP", b"odd"),
            (b"XMP ", b"<x/>"),
            (b"EXIF", b"Exif\0\0" + exif(3)),
        )
    )

    assert (found.icc, found.xmp, found.exif) == (b"odd", b"<x/>", exif(3))
    assert found.lost == ()


def test_the_pictures_of_an_animation_behind_the_first_are_named() -> None:
    assert metadata_of(webp((b"ANIM", bytes(6)))).lost == (
        "the pictures behind the first",
    )


@pytest.mark.parametrize(
    ("across", "dpi"), [(11811, (300.0, 300.0)), (0, None), (-1, None)]
)
def test_the_density_of_a_bmp_is_per_inch(
    across: int, dpi: tuple[float, float] | None
) -> None:
    data = b"BM" + bytes(36) + struct.pack("<ii", across, across)

    assert metadata_of(data).dpi == pytest.approx(dpi, abs=0.02)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe1\xff",
        b"\x89PNG\r\n\x1a\n\0\0\0\4iCCPabcd",
        b"RIFF....WEBPEXIF",
        b"II*\0\xff\xff\xff\xff",
        b"BM",
        b"GIF89a",
    ],
)
def test_what_is_bent_or_unknown_carries_nothing(data: bytes) -> None:
    assert metadata_of(data).names == []


def test_what_there_is_has_names() -> None:
    metadata = PictureMetadata(
        exif=b"e", icc=b"i", xmp=b"x", own=((b"tEXt", b"t"),), kind="png"
    )

    assert metadata.names == [
        "EXIF data",
        "colour profile (ICC)",
        "XMP data",
        "texts and marks of PNG",
    ]
