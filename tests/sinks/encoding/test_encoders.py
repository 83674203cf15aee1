from dataclasses import replace
from fractions import Fraction

import pytest

from sinks.encoding.encoders import (
    CODECS_OF,
    ENCODERS,
    choose_codec,
    choose_sampling,
    gop_size,
    sampling_of,
)
from sources.frame import Colour, StreamInfo

STREAM = StreamInfo(
    width=64,
    height=48,
    pixel_format="yuv420p",
    time_base=Fraction(1, 25),
    colour=Colour(),
)


@pytest.mark.parametrize(
    ("pixel_format", "expected"),
    [
        ("yuv420p", "4:2:0 8 bit"),
        ("yuvj422p", "4:2:2 8 bit"),
        ("nv12", "4:2:0 8 bit"),
        ("p010le", "4:2:0 10 bit"),
        ("yuv444p12le", "4:4:4 12 bit"),
        ("rgb24", "4:2:0 8 bit"),
        ("gbrp10le", "4:4:4 10 bit"),
        ("gray", "4:2:0 8 bit"),
        ("pal8", "4:2:0 8 bit"),
        ("rgb48be", "4:2:0 16 bit"),
        ("rgb555le", "4:2:0 8 bit"),
    ],
)
def test_what_a_pixel_format_keeps_is_known(pixel_format: str, expected: str) -> None:
    assert str(sampling_of(pixel_format)) == expected


def test_ten_bits_go_to_hevc_and_eight_to_h264() -> None:
    deep = replace(STREAM, pixel_format="yuv420p10le")

    assert choose_codec("auto", CODECS_OF[".mp4"], STREAM) == "h264"
    assert choose_codec("auto", CODECS_OF[".mp4"], deep) == "hevc"
    assert choose_codec("auto", CODECS_OF[".webm"], deep) == "av1"
    assert choose_codec("h264", CODECS_OF[".mp4"], deep) == "h264"


@pytest.mark.parametrize(
    ("codec", "pixel_format", "size", "expected"),
    [
        ("h264", "yuv420p", (64, 48), "yuv420p"),
        ("h264", "yuv420p", (65, 48), "yuv444p"),
        ("h264", "yuv420p", (64, 49), "yuv422p"),
        ("h264", "yuv420p12le", (64, 48), "yuv420p10le"),
        ("hevc", "yuv420p12le", (64, 48), "yuv420p12le"),
        ("hevc", "gray", (64, 48), "yuv420p"),
        ("av1", "yuv420p", (65, 49), "yuv420p"),
        ("av1", "yuv444p10le", (64, 48), "yuv420p10le"),
        ("hevc", "yuv420p9le", (64, 48), "yuv420p10le"),
    ],
)
def test_the_nearest_format_is_chosen(
    codec: str, pixel_format: str, size: tuple[int, int], expected: str
) -> None:
    stream = replace(STREAM, pixel_format=pixel_format, width=size[0], height=size[1])

    assert choose_sampling(ENCODERS[codec], stream)[0].pixel_format == expected


def test_a_key_frame_comes_every_two_seconds() -> None:
    assert gop_size(Fraction(30)) == 60
    assert gop_size(Fraction(1, 10)) == 2
    assert gop_size(None) == 50
