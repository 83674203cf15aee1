"""What the benchmarks of live streams share: a camera with a clock in its picture.

Time is written into the upper rows of each picture as 32 black or white fields and read
back from decoded pictures, so every delay on the way is in the figure.
"""

import sys
import time
from fractions import Fraction

import av
import numpy as np

from model import BackendBase, PendingBase
from sinks.live.opener import open_live_sink
from sources.frame import Colour, Frame, RgbArray, StreamInfo

BITS = 32
_DARK, _BRIGHT, _MIDDLE = 16, 235, 125
_BASE = Fraction(1, 90_000)
_FIELD_HEIGHT = 16


class Done(PendingBase):
    """A result that is there at once."""

    def wait(self) -> None:
        """Returns."""


class PassThrough(BackendBase):
    """A network that copies: what remains is the pipeline's own time."""

    slots = 2
    model, device, backend, precision = "pass-through", "cpu", "numpy", "exact"

    def start(self, picture: RgbArray, out: RgbArray) -> Done:
        """Copies at once."""
        np.copyto(out, picture)
        return Done()

    def close(self) -> None:
        """Nothing is open."""


def now_ms() -> int:
    """Returns the clock that all processes of a machine share, in 32 bits."""
    return time.monotonic_ns() // 1_000_000 & 0xFFFFFFFF


def stamp(luma: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]") -> None:
    """Writes the time into the first rows."""
    value, field = now_ms(), luma.shape[1] // BITS
    for bit in range(BITS):
        level = _BRIGHT if value >> bit & 1 else _DARK
        luma[:_FIELD_HEIGHT, bit * field : (bit + 1) * field] = level


def age_ms(picture: av.VideoFrame) -> int:
    """Returns how long ago the time in `picture` was written."""
    plane = picture.planes[0]
    luma = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
    field = picture.width // BITS
    inner = luma[4 : _FIELD_HEIGHT - 4, : BITS * field].reshape(-1, BITS, field)
    means = inner[:, :, field // 4 : field - field // 4].mean(axis=(0, 2))
    value = sum(1 << bit for bit in range(BITS) if means[bit] > _MIDDLE)
    return (now_ms() - value) & 0xFFFFFFFF


def serve_clock(place: str, width: int, height: int, rate: int) -> None:
    """Is a camera at `serve://{place}` until stdin ends."""
    info = StreamInfo(
        width=width,
        height=height,
        pixel_format="yuv420p",
        time_base=_BASE,
        colour=Colour(),
        frame_rate=Fraction(rate),
        live=True,
    )
    sink = open_live_sink(f"serve://{place}")
    sink.begin(info)
    rng = np.random.default_rng(0)
    texture = rng.integers(60, 180, (height, width), np.uint8)
    begun = time.monotonic()
    index = 0
    while True:
        picture = av.VideoFrame(width, height, "yuv420p")
        for number, plane in enumerate(picture.planes):
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
            rows[:] = 128
            if number == 0:
                rows[:, :width] = np.roll(texture, index, axis=1)
                stamp(rows[:, :width])
        pts = round((time.monotonic() - begun) / _BASE)
        sink.write(
            Frame(
                picture=picture,
                index=index,
                pts=pts,
                time_base=_BASE,
                colour=Colour(),
            )
        )
        index += 1
        time.sleep(max(begun + index / rate - time.monotonic(), 0))


if __name__ == "__main__":
    serve_clock(sys.argv[1], *map(int, sys.argv[2:5]))
