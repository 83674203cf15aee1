"""Notices a picture that never changes: a camera that hangs behind a live encoder.

Frames come, so nothing is lost; only what they show tells. A lens that is covered or a
quiet night look alike, so it is a warning and no fault.
"""

import logging
from collections.abc import Callable

import av
import numpy as np

from model.pictures.planes import host_array
from sources.frame import Frame
from sources.nvdec import ON_DEVICE
from streamer.pipeline.gpu.planes import planes_of

FROZEN_SECONDS = 60.0
"""So long a picture does not change before that is told."""
_STEP = 16
_LEVELS = 8
"""An encoder's own changes from key frame to key frame are smaller, of 255."""
_SHARE = 0.001
_LOG = logging.getLogger("derain.live")

Samples = np.ndarray[tuple[int, int], np.dtype[np.int16]]


class StillWatch:
    """Compares every picture with the one that was there when the last change came."""

    def __init__(self, name: str, now_ns: Callable[[], int]) -> None:
        """`name` of the source, for the log."""
        self.seconds = 0.0
        """How long the picture has not changed."""
        self._name, self._now_ns = name, now_ns
        self._first: Samples | None = None
        self._since_ns = now_ns()

    @property
    def frozen(self) -> bool:
        """Whether that is long."""
        return self.seconds > FROZEN_SECONDS

    def take(self, frame: Frame) -> None:
        """Looks at the next picture, at one pixel in 256."""
        was, samples = self.frozen, _samples(frame.picture)
        if self._first is None or _differ(self._first, samples):
            self._first, self._since_ns = samples, self._now_ns()
        self.seconds = (self._now_ns() - self._since_ns) / 1e9
        if self.frozen and not was:
            said = f"frozen picture: it has not changed for {FROZEN_SECONDS:.0f} s"
            _LOG.warning("source=%s %s", self._name, said)
        elif was and not self.frozen:
            _LOG.info("source=%s the picture changes again", self._name)


def _samples(picture: av.VideoFrame) -> Samples:
    """Returns brightness, or whatever the first plane holds, here and there."""
    if picture.format.name == ON_DEVICE:
        luma = host_array(planes_of(picture).luma[::_STEP, ::_STEP])
        return (luma >> 8 * (luma.itemsize - 1)).astype(np.int16)
    plane = picture.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
    return rows[::_STEP, ::_STEP].astype(np.int16)


def _differ(first: Samples, second: Samples) -> bool:
    if first.shape != second.shape:
        return True
    return bool((np.abs(first - second) > _LEVELS).mean() > _SHARE)
