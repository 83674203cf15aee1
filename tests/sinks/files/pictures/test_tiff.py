"""A TIFF that was just encoded gets tags, density, profile and XMP."""

import cv2
import numpy as np
import pytest

from sinks.files.pictures.tiff import tiff_with
from sources.pictures.metadata import PictureMetadata, metadata_of
from sources.pictures.tiff import Entry, directories_of, file_of, shorts

PIXELS = np.random.default_rng(1).integers(0, 255, (12, 16, 4), np.uint8)
MAKER = 271


def encoded(channels: int = 3) -> bytes:
    return cv2.imencode(".tiff", PIXELS[..., :channels])[1].tobytes()


def decoded(data: bytes) -> np.ndarray:
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None
    return np.asarray(read)


def test_what_is_said_is_read_back_and_the_pixels_stay() -> None:
    exif = file_of({MAKER: Entry(2, b"Acme\0")})
    kept = PictureMetadata(exif=exif, icc=b"profile", xmp=b"<x/>", dpi=(300, 150))

    data = tiff_with(encoded(), kept)

    found = metadata_of(data)
    assert (found.exif, found.icc, found.xmp) == (exif, b"profile", b"<x/>")
    assert found.dpi == pytest.approx((300, 150))
    assert np.array_equal(decoded(data), PIXELS[..., :3])


def test_tags_of_another_picture_say_nothing_of_this_one() -> None:
    exif = file_of({256: shorts([9999]), 274: shorts([6]), MAKER: Entry(2, b"A\0")})

    own = directories_of(encoded())[0]
    said = directories_of(tiff_with(encoded(), PictureMetadata(exif=exif)))[0]

    assert said[256] == own[256]
    assert said[MAKER] == Entry(2, b"A\0")


@pytest.mark.parametrize(("premultiplied", "kind"), [(False, 2), (True, 1)])
def test_the_fourth_sample_is_called_alpha(premultiplied: bool, kind: int) -> None:
    data = tiff_with(encoded(4), PictureMetadata(premultiplied=premultiplied))

    assert directories_of(data)[0][338].numbers == (kind,)
    assert metadata_of(data).premultiplied is premultiplied


def test_a_file_of_which_nothing_is_said_stays_as_it_is() -> None:
    assert tiff_with(encoded(), PictureMetadata()) == encoded()
    assert tiff_with(b"no TIFF", PictureMetadata(xmp=b"<x/>")) == b"no TIFF"
