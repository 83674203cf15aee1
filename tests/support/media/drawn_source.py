"""A source of drawn frames that fails or blocks where a test wants it to."""

import time
from collections.abc import Iterator
from fractions import Fraction
from threading import Event

from sources import Frame, SourceError, StreamInfo
from sources.frame import Colour
from tests.conftest import Clip, picture_of


class Drawn:
    """A source of drawn frames that fails, or blocks for ever, at a given one."""

    def __init__(
        self, *, fails_at: int | None = None, blocks_at: int | None = None
    ) -> None:
        self.info = StreamInfo(
            width=64,
            height=48,
            pixel_format="yuv420p",
            time_base=Fraction(1, 25),
            colour=Colour(),
        )
        self.released = Event()
        self._fails_at, self._blocks_at = fails_at, blocks_at

    def __iter__(self) -> Iterator[Frame]:
        for index in range(200):
            if index == self._fails_at:
                raise SourceError("the camera was unplugged")
            if index == self._blocks_at:
                self.released.wait()
            yield Frame(
                picture=picture_of(Clip(), index),
                index=index,
                pts=index,
                time_base=Fraction(1, 25),
                colour=Colour(),
                arrived_ns=time.monotonic_ns(),
            )

    def close(self) -> None:
        self.released.set()
