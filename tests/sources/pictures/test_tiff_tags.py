"""What TIFF files carry, and which of them FFmpeg reads truly."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from sources.pictures.tiff import Entry, file_of, rational, shorts
from sources.pictures.tiff_tags import (
    density_in,
    exif_of_tiff,
    is_colour_converted,
    needs_libtiff,
    says_more_than_density,
    tiff_is_whole,
    tiff_parts,
)
from tests.support.media.pictures import jpeg_in_tiff, tiff_of_tiles

MAKER, DENSITY = 271, {282: rational([300]), 283: rational([150])}
BIG = b"II+\0\x08\0\0\0" + (16).to_bytes(8, "little") + bytes(20)
PIXELS = np.random.default_rng(3).integers(0, 255, (32, 48, 3), np.uint8)


def test_tags_go_one_way_and_profile_xmp_and_density_their_own() -> None:
    data = file_of(
        {
            **DENSITY,
            MAKER: Entry(2, b"Acme\0"),
            34675: Entry(7, b"profile"),
            700: Entry(1, b"<x/>"),
            262: shorts([2]),
        }
    )

    found = tiff_parts(data)

    assert found.tags == {MAKER: Entry(2, b"Acme\0")}
    assert (found.icc, found.xmp, found.dpi) == (b"profile", b"<x/>", (300, 150))
    assert (found.premultiplied, found.lost) == (False, ())
    assert exif_of_tiff(found) == file_of({MAKER: Entry(2, b"Acme\0")})


def test_a_file_without_tags_of_its_own_has_no_exif() -> None:
    found = tiff_parts(file_of({262: shorts([2])}))

    assert exif_of_tiff(found) == b""
    assert tiff_parts(b"").tags == {}


def test_what_may_hold_the_picture_once_more_is_left_out_and_named() -> None:
    found = tiff_parts(file_of({34377: Entry(1, b"notes"), 37724: Entry(7, b"layers")}))

    assert found.lost == ("Photoshop's notes", "Photoshop's layers")
    assert found.tags == {}


def test_alpha_that_multiplied_the_colours_is_known() -> None:
    assert tiff_parts(file_of({338: shorts([1])})).premultiplied
    assert not tiff_parts(file_of({338: shorts([2])})).premultiplied


@pytest.mark.parametrize(
    ("unit", "dpi"),
    [(2, (300.0, 150.0)), (3, (762.0, 381.0)), (1, None)],
)
def test_density_is_per_inch_whatever_its_unit(
    unit: int, dpi: tuple[float, float] | None
) -> None:
    data = file_of({**DENSITY, 296: shorts([unit])})

    assert density_in(data) == (pytest.approx(dpi) if dpi else None)


def test_density_in_one_direction_or_over_nothing_is_none() -> None:
    over_nothing = {**DENSITY, 283: Entry(5, bytes(8))}

    assert density_in(file_of({282: rational([300])})) is None
    assert density_in(file_of(over_nothing)) is None
    assert density_in(b"no EXIF") is None


def test_exif_that_holds_density_alone_says_no_more() -> None:
    assert not says_more_than_density(file_of(DENSITY))
    assert says_more_than_density(file_of({**DENSITY, MAKER: Entry(2, b"Acme\0")}))
    assert says_more_than_density(b"of no form")


def test_ffmpeg_reads_plain_files_and_libtiff_those_of_tiles_and_of_jpeg(
    tmp_path: Path,
) -> None:
    assert cv2.imwrite(str(tmp_path / "plain.tiff"), PIXELS)
    plain = (tmp_path / "plain.tiff").read_bytes()
    tiles = tiff_of_tiles(tmp_path / "tiles.tiff", PIXELS).read_bytes()
    jpeg = jpeg_in_tiff(tmp_path / "jpeg.tiff", PIXELS).read_bytes()

    assert [needs_libtiff(data) for data in (plain, tiles, jpeg, BIG, b"GIF")] == [
        *(False, True, True, True, False)
    ]
    assert [is_colour_converted(data) for data in (plain, tiles, jpeg)] == [
        *(False, False, True)
    ]


def test_a_file_is_whole_if_its_last_strip_or_tile_is_in_it(tmp_path: Path) -> None:
    data = tiff_of_tiles(tmp_path / "tiles.tiff", PIXELS).read_bytes()
    early = file_of({273: shorts([8, 20]), 279: shorts([4, 3])})

    assert tiff_is_whole(data)
    assert tiff_is_whole(early + bytes(20))
    assert not tiff_is_whole(file_of({273: shorts([8, 200]), 279: shorts([4, 3])}))
    assert not tiff_is_whole(file_of({262: shorts([2])}))
