"""The last picture stays up while the source is away."""

from datetime import datetime
from fractions import Fraction

import av
import numpy as np
import pytest

from sinks.null import NullSink
from sources.frame import Colour, Frame, StreamInfo
from streamer.live.freeze import HoldingSink, marked
from tests.support.fakes import HandClock

SINCE = datetime(2026, 11, 21, 10, 30, 5).astimezone()


class KeepingSink(NullSink):
    """Remembers what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[Frame] = []

    def begin(self, stream: StreamInfo) -> str:
        return stream.pixel_format

    def write(self, frame: Frame) -> None:
        self.frames.append(frame)


def grey(pixel_format: str = "yuv420p", level: int = 128) -> av.VideoFrame:
    picture = av.VideoFrame(162, 90, pixel_format)
    for plane in picture.planes:
        plane.update(bytes([level]) * plane.buffer_size)
    return picture


def a_frame(clock: HandClock, pts: int) -> Frame:
    return Frame(
        picture=grey(),
        index=0,
        pts=pts,
        time_base=Fraction(1, 1000),
        colour=Colour(),
        arrived_ns=clock(),
    )


def luma(picture: av.VideoFrame) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    plane = picture.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
    return rows[:, : picture.width]


def test_the_mark_is_small_and_the_original_untouched() -> None:
    picture = grey()

    copy = marked(picture, "no signal since 10:30:05")

    changed = luma(copy) != 128
    assert 0.02 < changed.mean() < 0.25
    assert not changed[45:].any()
    assert (luma(picture) == 128).all()


@pytest.mark.parametrize("kind", ["yuv422p", "yuv444p", "yuv420p10le"])
def test_other_formats_are_copied_whole(kind: str) -> None:
    copy = marked(grey(kind, level=3), "no signal")

    assert set(bytes(copy.planes[1])[:81]) == {3}


def test_held_pictures_follow_the_clock_and_times_always_rise() -> None:
    clock, sink = HandClock(), KeepingSink()
    holding = HoldingSink(sink, clock)
    holding.write(a_frame(clock, pts=1000))

    for _ in range(5):
        clock.advance(seconds=0.2)
        assert holding.hold(SINCE)
    holding.write(a_frame(clock, pts=1990))

    assert [f.pts for f in sink.frames] == [1000, 1200, 1400, 1600, 1800, 2000, 2010]
    assert holding.held == 5


def test_before_the_first_picture_nothing_is_held() -> None:
    assert not HoldingSink(KeepingSink(), HandClock()).hold(SINCE)


class EarlySink(KeepingSink):
    """Shows pictures before it has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.early: list[Frame] = []

    def show_before(self, frame: Frame) -> None:
        self.early.append(frame)


def test_before_the_first_picture_one_is_drawn_in_the_size_that_is_known() -> None:
    clock, sink = HandClock(), EarlySink()
    sizes: list[tuple[int, int] | None] = [None, (320, 180)]
    holding = HoldingSink(sink, clock, lambda: sizes.pop(0))

    for _ in range(2):
        clock.advance(seconds=0.2)
        assert not holding.hold(SINCE)
    holding.write(a_frame(clock, pts=1000))
    holding.hold(SINCE)

    drawn = [(frame.picture.width, frame.picture.height) for frame in sink.early]
    assert drawn == [(640, 360), (320, 180)]
    assert [float(frame.pts * frame.time_base) for frame in sink.early] == [0.2, 0.4]
