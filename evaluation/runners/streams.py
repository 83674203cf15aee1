"""A clip on its way through a network: frame by frame, or with the frames around."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.metrics.luma import Picture

if TYPE_CHECKING:  # PyTorch takes seconds to import
    from model.temporal.stream import Inner, TemporalPending


class Stream(Protocol):
    """The frames of one clip, given in their order and given back in it."""

    def take(self, frame: Picture) -> list[Picture]:
        """Takes the next frame; returns what is done by now, often nothing or one."""

    def end(self) -> list[Picture]:
        """Returns the rest: no frame follows."""


class FrameByFrame:
    """A stream of what knows no time."""

    def __init__(self, entrant: Callable[[Picture], Picture]) -> None:
        self._entrant = entrant

    def take(self, frame: Picture) -> list[Picture]:
        """Returns the frame's own output at once."""
        return [self._entrant(frame)]

    def end(self) -> list[Picture]:
        """Returns nothing: nothing waits."""
        return []


class TemporalClip:
    """A stream through a network with the temporal step; no gate, every frame counts.

    Args:
        network: May serve several streams, one frame of each at a time.
        temporal: As `model.temporal.stream.TemporalStream` takes it.

    Raises:
        EvaluationError: There is no such temporal step.
    """

    def __init__(self, network: "Inner", temporal: str) -> None:
        from model import ModelError
        from model.temporal.stream import TemporalStream

        try:
            self._steady = TemporalStream(network, temporal=temporal, gate="off")
        except ModelError as error:
            raise EvaluationError(str(error)) from error
        self._flying: deque[tuple[TemporalPending, Picture]] = deque()

    def take(self, frame: Picture) -> list[Picture]:
        """Takes the next frame; returns the one that waited for it, if any did.

        Raises:
            EvaluationError: The network could not take it.
        """
        from model import ModelError

        frame = np.ascontiguousarray(frame)
        out = np.empty_like(frame)
        try:
            self._flying.append((self._steady.start(frame, out), out))
        except (ModelError, ValueError) as error:
            raise EvaluationError(str(error)) from error
        return [self._landed()] if len(self._flying) > self._steady.delay else []

    def end(self) -> list[Picture]:
        """Returns the frames that waited for later ones."""
        return [self._landed() for _ in range(len(self._flying))]

    def _landed(self) -> Picture:
        pending, out = self._flying.popleft()
        pending.wait()
        return out


def through(stream: Stream, frames: Iterable[Picture]) -> Iterator[Picture]:
    """Yields what becomes of the frames, in their order."""
    for frame in frames:
        yield from stream.take(frame)
    yield from stream.end()
