"""Pictures written into a live sink at their rate, and the children that send them."""

import os
import time
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from threading import Thread

import av
import numpy as np

from sinks.live.sink import LiveSink
from sources.frame import Colour, Frame, StreamInfo
from tests.support.servers.peers import (
    PATIENCE_SECONDS,
    eventually,
)

RATE = 25
BASE = Fraction(1, 90_000)
INFO = StreamInfo(
    width=160,
    height=96,
    pixel_format="yuv420p",
    time_base=BASE,
    colour=Colour(),
    frame_rate=Fraction(RATE),
    live=True,
)


class Feeder:
    """Writes frames at their rate, and counts them.

    A sink that waits for a server or a viewer writes nothing while that one fails.
    """

    def __init__(self, sink: LiveSink, size: tuple[int, int] = (160, 96)) -> None:
        self.sink = sink
        self._size = size
        self.written = 0
        self._going = True
        sink.begin(replace(INFO, width=size[0], height=size[1]))
        self._thread = Thread(target=self._feed, daemon=True)
        self._thread.start()

    def _feed(self) -> None:
        begun = time.monotonic()
        index = 0
        while self._going:
            frame = self._frame(index, time.monotonic() - begun)
            self.sink.write(frame)
            self.written += 1
            index += 1
            time.sleep(max(begun + index / RATE - time.monotonic(), 0))

    def goes_on_for(self, frames: int) -> None:
        """Waits until so many more were written: nothing holds up the sink."""
        seen = self.written
        eventually(lambda: self.written > seen + frames, what=f"{frames} writes")

    def _frame(self, index: int, seconds: float) -> Frame:
        picture = av.VideoFrame(*self._size, "yuv420p")
        rng = np.random.default_rng(index)
        for plane in picture.planes:
            plane.update(rng.integers(16, 235, plane.buffer_size, np.uint8).tobytes())
        return Frame(
            picture=picture,
            index=index,
            pts=round(seconds / BASE),
            time_base=BASE,
            colour=Colour(),
        )

    def close(self) -> None:
        self._going = False
        self._thread.join(PATIENCE_SECONDS)
        self.sink.close()


def children(name: str, parent: int | None = None) -> dict[int, str]:
    """Returns the program `name` as child of `parent`: number and arguments."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may end while it is looked at
            arguments = (entry / "cmdline").read_bytes().decode().split("\0")
            last = arguments[-2] if len(arguments) > 2 else ""
            if last == str(parent or os.getpid()) and name in " ".join(arguments):
                found[int(entry.name)] = " ".join(arguments)
    return found
