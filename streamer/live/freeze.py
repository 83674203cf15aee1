"""Keeps the output up while the source is away: the last picture, marked as such.

Before the first one there is a drawn picture, where an output can show it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Protocol, runtime_checkable

import av
import cv2
import numpy as np

from sinks.sink import Sink
from sources.frame import Colour, Frame, StreamInfo

_DARK, _GREY, _BRIGHT = 16, 48, 235
_TIME_BASE = Fraction(1, 90_000)
_USUAL_SIZE = (640, 360)
WAITING = "waiting for camera"


@runtime_checkable
class ShowsBefore(Protocol):
    """A sink that viewers may find open before the source has sent a picture."""

    def show_before(self, frame: Frame) -> None:
        """Shows them a picture, which is in this machine's time."""


class HoldingSink:
    """Passes frames on to a sink and can repeat the last one; times always rise."""

    def __init__(
        self,
        sink: Sink,
        now_ns: Callable[[], int],
        size: Callable[[], tuple[int, int] | None] = lambda: None,
    ) -> None:
        """Wraps `sink`, which whoever opened it closes.

        Args:
            sink: Gets all pictures.
            now_ns: The monotonic clock.
            size: Of what will come, as far as it is known before the first picture.
        """
        self._size, self._begun_ns = size, now_ns()
        self._waiting: av.VideoFrame | None = None
        self.held = 0
        self._sink, self._now_ns = sink, now_ns
        self.fixed_size = sink.fixed_size
        self.carries_alpha = sink.carries_alpha
        self.notes = sink.notes
        self._last: Frame | None = None
        self._mark: av.VideoFrame | None = None
        self._last_pts: int | None = None

    @property
    def encoder(self) -> str:
        """That of the sink."""
        return self._sink.encoder

    @property
    def audio_packets(self) -> int:
        """Those of the sink."""
        return self._sink.audio_packets

    def begin(self, stream: StreamInfo) -> str:
        """Begins the sink."""
        return self._sink.begin(stream)

    def write(self, frame: Frame) -> None:
        """Writes a fresh frame."""
        self._mark = None
        self._last = frame if frame.picture.format.name.startswith("yuv") else None
        self._put(frame)

    def hold(self, since: datetime) -> bool:
        """Writes the last picture once more with a mark; False if there is none."""
        last = self._last
        if last is None:
            self._show_before()
            return False
        if self._mark is None:
            self._mark = marked(last.picture, f"no signal since {since:%H:%M:%S}")
        away = (self._now_ns() - last.arrived_ns) / 1e9
        pts = last.pts + round(away / last.time_base)
        self._put(replace(last, picture=self._mark, pts=pts))
        self.held += 1
        return True

    def _show_before(self) -> None:
        if self._last_pts is not None or not isinstance(self._sink, ShowsBefore):
            return
        size = self._size() or _USUAL_SIZE
        picture = self._waiting
        if picture is None or (picture.width, picture.height) != size:
            picture = self._waiting = drawn(*size, WAITING)
        pts = round((self._now_ns() - self._begun_ns) / 1e9 / _TIME_BASE)
        self._sink.show_before(
            Frame(
                picture=picture,
                index=0,
                pts=pts,
                time_base=_TIME_BASE,
                colour=Colour(),
            )
        )

    def _put(self, frame: Frame) -> None:
        least = round(1 / (100 * frame.time_base))
        if self._last_pts is not None and frame.pts <= self._last_pts:
            frame = replace(frame, pts=self._last_pts + max(least, 1))
        self._last_pts = frame.pts
        self._sink.write(frame)

    def finish(self, *, whole: bool) -> None:
        """Completes the sink."""
        self._sink.finish(whole=whole)

    def close(self) -> None:
        """Closes the sink."""
        self._sink.close()


def drawn(width: int, height: int, text: str) -> av.VideoFrame:
    """Returns a dark YUV 4:2:0 picture with `text` in its middle."""
    picture = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(picture.planes, (_GREY, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    plane = picture.planes[0]
    luma = np.frombuffer(memoryview(plane), np.uint8).reshape(height, -1)
    scale = width / 640
    size, _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    written = np.ascontiguousarray(luma)
    at = ((width - size[0]) // 2, (height + size[1]) // 2)
    cv2.putText(written, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (_BRIGHT,), 1)
    luma[:] = written
    return picture


def marked(picture: av.VideoFrame, text: str) -> av.VideoFrame:
    """Returns a copy of a planar YUV picture with `text` in its upper left corner."""
    copy = av.VideoFrame(picture.width, picture.height, picture.format.name)
    for old, new in zip(picture.planes, copy.planes, strict=True):
        rows = np.frombuffer(memoryview(old), np.uint8).reshape(old.height, -1)
        fresh = np.frombuffer(memoryview(new), np.uint8).reshape(new.height, -1)
        width = min(rows.shape[1], fresh.shape[1])
        fresh[:, :width] = rows[:, :width]
    if picture.format.components[0].bits == 8:
        plane = copy.planes[0]
        luma = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
        _write(luma[:, : picture.width], text)
    copy.colorspace, copy.color_range = picture.colorspace, picture.color_range
    return copy


def _write(luma: np.ndarray[tuple[int, int], np.dtype[np.uint8]], text: str) -> None:
    """Writes bright on a dark strip, a twentieth of the picture high."""
    height, width = luma.shape
    scale = max(height / 700, 0.3)
    size, base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    edge = max(base, 3)
    luma[: size[1] + 2 * edge, : min(size[0] + 2 * edge, width)] = _DARK
    written = np.ascontiguousarray(luma)
    at = (edge, size[1] + edge)
    cv2.putText(written, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (_BRIGHT,), 1)
    luma[:] = written
