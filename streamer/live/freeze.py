"""Keeps the output up while the source is away: the last picture, marked as such."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import av
import cv2
import numpy as np

from sinks.sink import Sink
from sources.frame import Frame, StreamInfo

_DARK, _BRIGHT = 16, 235


class HoldingSink:
    """Passes frames on to a sink and can repeat the last one; times always rise."""

    def __init__(self, sink: Sink, now_ns: Callable[[], int]) -> None:
        """Wraps `sink`, which whoever opened it closes."""
        self.held = 0
        self._sink, self._now_ns = sink, now_ns
        self.fixed_size = sink.fixed_size
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
            return False
        if self._mark is None:
            self._mark = marked(last.picture, f"no signal since {since:%H:%M:%S}")
        away = (self._now_ns() - last.arrived_ns) / 1e9
        pts = last.pts + round(away / last.time_base)
        self._put(replace(last, picture=self._mark, pts=pts))
        self.held += 1
        return True

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
