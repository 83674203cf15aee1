"""Hands the newest picture, before and after, to whoever looks; costs nothing else.

The encode thread offers each pair; it is kept only while somebody watches, at most ten
a second, and the newest replaces the one before. Nothing is converted here.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

import av

from sources.colour import is_rgb
from sources.frame import Colour, Frame
from sources.nvdec import ON_DEVICE, downloaded

EVERY_NS = 100_000_000
"""The shortest time between two pairs: ten a second are enough for eyes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePair:
    """One picture of a stream before and after the network, at one moment."""

    before: av.VideoFrame
    before_colour: Colour
    after: av.VideoFrame
    after_colour: Colour
    rotation: int
    """Degrees that both are turned by for showing."""
    mirrored: bool
    taken_us: int
    """Microseconds since 1970 (UTC) at which the pair left the network."""


class PreviewTap:
    """A slot for the newest pair of one stream: written by it, read by another thread.

    Args:
        on_pair: Called on the encode thread when a pair lies here; must not block.
        now_ns: The monotonic clock.
    """

    def __init__(
        self,
        on_pair: Callable[[], None],
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._on_pair, self._now_ns = on_pair, now_ns
        self._lock = Lock()
        self._watchers = 0
        self._next_ns = 0
        self._pair: PicturePair | None = None

    @property
    def watched(self) -> bool:
        """Whether somebody looks."""
        return self._watchers > 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keeps pairs until the block ends; several may watch at once."""
        with self._lock:
            self._watchers += 1
        try:
            yield
        finally:
            with self._lock:
                self._watchers -= 1
                if not self._watchers:
                    self._pair = None

    def offer(self, frame: Frame, after: av.VideoFrame, colour: Colour) -> None:
        """Keeps the pair if somebody looks and the last one is old enough.

        Args:
            frame: As it came from the source.
            after: What the sink gets for it. RGB may lie in a buffer that the run fills
                again, and is copied.
            colour: The tags of `after`.
        """
        if not self._watchers or self._now_ns() < self._next_ns:
            return
        pair = PicturePair(
            before=_on_host(frame.picture),
            before_colour=frame.colour,
            after=_own(after),
            after_colour=colour,
            rotation=frame.rotation,
            mirrored=frame.mirrored,
            taken_us=time.time_ns() // 1000,
        )
        with self._lock:
            self._next_ns = self._now_ns() + EVERY_NS
            self._pair = pair if self._watchers else None
        self._on_pair()

    def take(self) -> PicturePair | None:
        """Returns the newest pair once; None until the next one comes."""
        with self._lock:
            pair, self._pair = self._pair, None
        return pair


def _on_host(picture: av.VideoFrame) -> av.VideoFrame:
    return downloaded(picture) if picture.format.name == ON_DEVICE else picture


def _own(picture: av.VideoFrame) -> av.VideoFrame:
    if not is_rgb(picture.format.name):
        return picture
    return av.VideoFrame.from_ndarray(picture.to_ndarray(), picture.format.name)
