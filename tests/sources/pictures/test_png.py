"""The chunks of a PNG file beside its picture."""

import struct
import zlib

import pytest

from sources.pictures.png import parts_of
from tests.support.media.awkward import chunk

XMP = b"XML:com.adobe.xmp\0"


def png(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + chunk(b"IEND", b"")


def test_a_bare_picture_carries_nothing() -> None:
    found = parts_of(png())

    assert (found.exif, found.xmp, found.icc, found.dpi) == (b"", b"", b"", None)
    assert (found.own, found.lost) == ((), ())


def test_exif_xmp_and_the_profile_are_taken_out_of_their_chunks() -> None:
    profile = b"press\0\0" + zlib.compress(b"icc" * 50)

    found = parts_of(
        png(
            chunk(b"eXIf", b"II*\0"),
            chunk(b"iTXt", XMP + b"\0\0\0\0<x/>"),
            chunk(b"iCCP", profile),
        )
    )

    assert (found.exif, found.xmp, found.icc) == (b"II*\0", b"<x/>", b"icc" * 50)
    assert found.own == ()


def test_texts_and_chunks_of_colour_stay_as_they_are() -> None:
    own = [(b"tEXt", b"Title\0rain"), (b"gAMA", b"\0\0\xb1\x8f"), (b"tEXt", b"b\0c")]

    found = parts_of(png(*(chunk(*one) for one in own), chunk(b"myOw", b"?")))

    assert found.own == tuple(own)


@pytest.mark.parametrize(
    ("body", "dpi"),
    [
        (struct.pack(">IIB", 11811, 5906, 1), (300.0, 150.0)),
        (struct.pack(">IIB", 4, 3, 0), None),  # the shape of a pixel alone
        (struct.pack(">IIB", 0, 11811, 1), None),
        (b"short", None),
    ],
)
def test_density_is_read_per_inch(body: bytes, dpi: tuple[float, float] | None) -> None:
    assert parts_of(png(chunk(b"pHYs", body))).dpi == pytest.approx(dpi, abs=0.02)


def test_the_first_of_two_chunks_counts() -> None:
    assert parts_of(png(chunk(b"eXIf", b"a"), chunk(b"eXIf", b"b"))).exif == b"a"


@pytest.mark.parametrize("body", [b"no zero", b"name\0\0 not packed"])
def test_a_damaged_profile_is_an_error(body: bytes) -> None:
    with pytest.raises((ValueError, zlib.error)):
        parts_of(png(chunk(b"iCCP", body)))


def test_a_file_that_ends_in_a_chunk_gives_what_there_is() -> None:
    data = png(chunk(b"tEXt", b"a\0b"), chunk(b"eXIf", b"II*\0"))

    assert parts_of(data[: 8 + 15]).own == ((b"tEXt", b"a\0b"),)
