import itertools

import av
import numpy as np
import pytest

from sources.colour import (
    FromRgb,
    ToRgb,
    chroma_location_by_codec,
    conversion_for,
    is_deep,
    stored_colour,
)
from sources.frame import Colour, RgbArray
from tests.conftest import Clip, picture_of
from tests.support.probe import plane

BT601, BT709, BT2020 = 5, 1, 9
LIMITED, FULL = 1, 2


def there_and_back(frame: av.VideoFrame, colour: Colour) -> av.VideoFrame:
    deep = is_deep(frame.format.name)
    rgb: RgbArray = np.zeros((frame.height, frame.width, 3), "u2" if deep else "u1")
    carrier = ToRgb()(frame, conversion_for(colour, frame.height), rgb)
    return FromRgb(frame.format.name, None, colour)(rgb, carrier)


@pytest.mark.parametrize(
    ("matrix", "full_range", "pixel_format"),
    list(
        itertools.product(
            (BT601, BT709, BT2020, 2), (LIMITED, FULL, 0), ("yuv420p", "yuv444p")
        )
    ),
)
def test_a_flat_colour_comes_back_within_two_levels(
    matrix: int, full_range: int, pixel_format: str
) -> None:
    colour = Colour(matrix=matrix, full_range=full_range)
    for flat in ((126, 128, 128), (90, 110, 150), (180, 140, 120), (60, 128, 128)):
        frame = picture_of(Clip(flat=flat, pixel_format=pixel_format), 0)

        back = there_and_back(frame, colour)

        for number, level in enumerate(flat):
            worst = np.abs(plane(back, number).astype(int) - level).max()
            assert worst <= 2, (flat, number)


@pytest.mark.parametrize(("matrix", "full_range"), [(BT601, LIMITED), (BT709, FULL)])
def test_pure_red_is_read_with_the_matrix_and_range_of_its_tags(
    matrix: int, full_range: int
) -> None:
    weights = {BT601: (0.299, 0.587, 0.114), BT709: (0.2126, 0.7152, 0.0722)}[matrix]
    red, _, blue = weights
    luma, cb, cr = red, -red / (2 * (1 - blue)), 0.5
    offset, span, chroma_span = (
        (16, 219, 224) if full_range == LIMITED else (0, 255, 255)
    )
    flat = (
        round(offset + luma * span),
        round(128 + cb * chroma_span),
        min(round(128 + cr * chroma_span), 255),
    )
    frame = picture_of(Clip(flat=flat), 0)
    rgb = np.zeros((frame.height, frame.width, 3), np.uint8)

    ToRgb()(
        frame,
        conversion_for(Colour(matrix=matrix, full_range=full_range), frame.height),
        rgb,
    )

    assert np.abs(rgb.astype(int) - [255, 0, 0]).max() <= 3


def test_ten_bits_come_back_within_two_of_1024_levels() -> None:
    colour = Colour(matrix=BT2020, full_range=LIMITED)
    frame = picture_of(Clip(flat=(600, 480, 540), pixel_format="yuv420p10le"), 0)

    back = there_and_back(frame, colour)

    rows = np.frombuffer(memoryview(back.planes[0]), np.uint16)
    assert np.abs(rows[: back.width].astype(int) - 600).max() <= 2


@pytest.mark.parametrize("cb", [350, 512, 640])
@pytest.mark.parametrize("cr", [350, 512, 640])
def test_ten_bits_of_any_hue_become_the_rgb_of_the_formula(cb: int, cr: int) -> None:
    frame = picture_of(Clip(flat=(500, cb, cr), pixel_format="yuv420p10le"), 0)
    rgb = np.zeros((frame.height, frame.width, 3), np.uint16)

    ToRgb()(
        frame,
        conversion_for(Colour(matrix=BT709, full_range=LIMITED), frame.height),
        rgb,
    )

    light, blue, red = (500 - 64) / 876, (cb - 512) / 896, (cr - 512) / 896
    expected = [
        light + 1.5748 * red,
        light - 0.18732 * blue - 0.46812 * red,
        light + 1.8556 * blue,
    ]
    assert np.abs(rgb / 65535 - np.clip(expected, 0, 1)).max() < 2 / 255


def test_a_moving_gradient_keeps_its_mean() -> None:
    frame = picture_of(Clip(size=(640, 360)), 3)

    back = there_and_back(frame, Colour())

    for number in range(3):
        before = plane(frame, number).astype(float)
        assert abs(float((plane(back, number) - before).mean())) < 0.2


def test_rgb_pictures_are_stored_as_tagged_bt709() -> None:
    assert stored_colour(Colour(matrix=0), "rgb24").matrix == BT709
    assert stored_colour(Colour(matrix=BT601), "yuvj420p").matrix == BT601


def test_a_picture_of_another_size_is_refused() -> None:
    frame = picture_of(Clip(), 0)

    with pytest.raises(ValueError, match=r"must be \[48, 64, 3\]"):
        ToRgb()(
            frame,
            conversion_for(Colour(), frame.height),
            np.zeros((10, 10, 3), np.uint8),
        )


def test_rgb_for_pictures_shares_the_memory_of_the_result() -> None:
    rgb = np.zeros((32, 64, 3), np.uint8)

    frame = FromRgb("rgb24", None, Colour())(rgb, av.VideoFrame(64, 32, "rgb24"))
    rgb[0, 0, 0] = 200

    assert bytes(frame.planes[0])[0] == 200


@pytest.mark.parametrize(
    ("decoder", "pixel_format", "place"),
    [
        ("mjpeg", "yuvj420p", 2),
        ("mjpeg", "yuvj422p", 0),
        ("dvvideo", "yuv420p", 3),
        ("h264", "yuvj420p", 0),
    ],
)
def test_a_codec_with_one_place_for_chroma_needs_no_word_of_the_stream(
    decoder: str, pixel_format: str, place: int
) -> None:
    assert chroma_location_by_codec(decoder, pixel_format) == place
