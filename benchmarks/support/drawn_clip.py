"""A clip that is drawn for measuring: texture that moves under bright streaks."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

_STREAKS = 150


def write_clip(
    path: Path,
    frames: int,
    size: tuple[int, int],
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
) -> None:
    """Encodes a moving texture under bright streaks; the same every time."""
    width, height = size
    rng = np.random.default_rng(0)
    ground = rng.integers(40, 200, (height // 8 + 64, width // 8 + 64, 3), np.uint8)
    ground = cv2.resize(ground, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    with av.open(str(path), "w") as output:
        stream = output.add_stream(codec, rate=Fraction(25))
        if not isinstance(stream, av.VideoStream):
            raise TypeError(f"{codec} encodes no video.")
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        for index in range(frames):
            left, top = 3 * index % 500, index % 500
            view = ground[top : top + height, left : left + width].astype(np.uint8)
            for x, y in rng.integers(0, (width, height), (_STREAKS, 2)).tolist():
                cv2.line(view, (x, y), (x + 3, y + 14), (230, 230, 230))
            picture = av.VideoFrame.from_ndarray(view, "rgb24")
            picture.pts = index
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))
