"""Scales of a picture side by side: each on a stream of its own where it can be.

A coarser scale never reads a finer one. So while the full size of one module is at
work, the small scales of the next can fill the multiprocessors that it leaves idle.
Lane 0 is the stream that the work is started in. In a captured graph lanes become
branches, which no launch from the host holds up.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, runtime_checkable

import torch


@runtime_checkable
class Lanes(Protocol):
    """Work in order, lane by lane."""

    def on(self, lane: int) -> AbstractContextManager[Any]:
        """Lets what is started inside go to a lane."""

    def wait(self, lane: int, other: int) -> None:
        """Lets a lane wait for all that was started in another so far."""


class OneLane:
    """All in one order."""

    def on(self, lane: int) -> AbstractContextManager[Any]:
        """Changes nothing."""
        return nullcontext()

    def wait(self, lane: int, other: int) -> None:
        """Nothing runs beside."""


class StreamLanes:
    """CUDA streams; the lanes of one network, used by one thread at a time."""

    def __init__(self) -> None:
        """Makes no stream yet."""
        self._streams: dict[int, Any] = {}

    def on(self, lane: int) -> AbstractContextManager[Any]:
        """Makes a lane's stream the current one."""
        if lane == 0:
            return nullcontext()
        stream: AbstractContextManager[Any] = torch.cuda.stream(self._stream(lane))
        return stream

    def wait(self, lane: int, other: int) -> None:
        """Enqueues the wait; call it in lane 0."""
        self._stream(lane).wait_stream(self._stream(other))

    def _stream(self, lane: int) -> Any:
        if lane == 0:
            return torch.cuda.current_stream()
        if lane not in self._streams:
            self._streams[lane] = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # no stub
        return self._streams[lane]
