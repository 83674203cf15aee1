"""A clip on its way through a method: frames in, frames out, in their order."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from evaluation.metrics.luma import RgbArray


class Stream(Protocol):
    """The frames of one clip, given in their order and given back in it."""

    def push(self, frame: RgbArray) -> list[RgbArray]:
        """Takes the next frame; returns what is done by now, often nothing or one."""

    def flush(self) -> list[RgbArray]:
        """Returns the rest: no frame follows."""


class FrameByFrame:
    """A stream of what knows no time."""

    def __init__(self, method: Callable[[RgbArray], RgbArray]) -> None:
        self._method = method

    def push(self, frame: RgbArray) -> list[RgbArray]:
        """Returns the frame's own output at once."""
        return [self._method(frame)]

    def flush(self) -> list[RgbArray]:
        """Returns nothing: nothing waits."""
        return []


def through(stream: Stream, frames: Iterable[RgbArray]) -> Iterator[RgbArray]:
    """Yields what becomes of the frames, in their order."""
    for frame in frames:
        yield from stream.push(frame)
    yield from stream.flush()
