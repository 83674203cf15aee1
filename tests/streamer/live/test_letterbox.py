"""Pictures of one size."""

from fractions import Fraction

import av
import numpy as np
import pytest

from sources.frame import Colour, Frame
from streamer.errors import StreamerError
from streamer.live.letterbox import Letterbox, size_in


def a_frame(width: int, height: int, *, pts: int = 0, kind: str = "yuv420p") -> Frame:
    picture = av.VideoFrame(width, height, kind)
    for plane, value in zip(picture.planes, (200, 90, 170), strict=False):
        plane.update(bytes([value]) * plane.buffer_size)
    picture.colorspace, picture.color_range = 1, 1
    return Frame(
        picture=picture,
        index=0,
        pts=pts,
        time_base=Fraction(1, 1000),
        colour=Colour(matrix=1, full_range=1),
    )


def luma(frame: Frame) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    plane = frame.picture.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
    return rows[:, : plane.width]


@pytest.mark.parametrize("kind", ["yuv420p", "yuvj420p", "nv12"])
@pytest.mark.parametrize(
    ("size", "bars_at"),
    [
        ((160, 160), (slice(None), slice(0, 40))),
        ((320, 120), (slice(0, 10), slice(None))),
    ],
)
def test_a_picture_of_another_shape_gets_bars_and_is_not_stretched(
    size: tuple[int, int], bars_at: tuple[slice, slice], kind: str
) -> None:
    letterbox = Letterbox("camera")
    first = a_frame(320, 160)
    assert letterbox.fitted(first) is first

    other = letterbox.fitted(a_frame(*size, kind=kind, pts=40))

    assert (other.picture.width, other.picture.height) == (320, 160)
    assert other.picture.format.name == kind
    assert (other.picture.colorspace, other.picture.color_range) == (1, 1)
    assert other.pts == 40
    seen = luma(other)
    assert seen[80, 160] == pytest.approx(200, abs=2)
    assert (seen[bars_at] <= 16).all()


def test_a_change_of_size_is_told_once_for_each_change(
    caplog: pytest.LogCaptureFixture,
) -> None:
    letterbox = Letterbox("camera")
    for size in ((320, 160), (160, 90), (160, 90), (320, 160), (160, 90)):
        letterbox.fitted(a_frame(*size))

    assert letterbox.notes == ["the picture size is 160x90 now: scaled into 320x160"]
    assert caplog.text.count("160x90") == 1


def test_a_size_that_was_asked_for_is_made_without_a_word() -> None:
    letterbox = Letterbox("camera", size=(160, 90))

    small = letterbox.fitted(a_frame(640, 360))

    assert (small.picture.width, small.picture.height) == (160, 90)
    assert luma(small)[0, 0] == pytest.approx(200, abs=2)
    assert letterbox.notes == []


def test_sizes_are_read() -> None:
    assert size_in("640x360") == (640, 360)


@pytest.mark.parametrize("text", ["640", "641x360", "8x8", "ax b", "640x360x3"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(StreamerError, match="size is like 640x360"):
        size_in(text)
