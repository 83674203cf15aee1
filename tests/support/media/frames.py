"""Frames of a small film for whoever writes them, and what is said of it."""

from collections.abc import Iterator
from fractions import Fraction

from sources.frame import Colour, Frame, StreamInfo
from tests.conftest import Clip, picture_of

TIME_BASE = Fraction(1, 12_800)
STEP = 512
"""Units of a frame at 25 a second."""
INFO = StreamInfo(
    width=64,
    height=48,
    pixel_format="yuv420p",
    time_base=TIME_BASE,
    colour=Colour(),
    frame_rate=Fraction(25),
)


def frames(count: int, first: int = 0) -> Iterator[Frame]:
    """Gives so many frames in `INFO`'s form, from number `first` on."""
    for index in range(first, first + count):
        yield Frame(
            picture=picture_of(Clip(), index),
            index=index,
            pts=index * STEP,
            time_base=TIME_BASE,
            colour=Colour(),
        )
