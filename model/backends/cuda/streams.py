"""The few things of CUDA that the backend works with, as roles that a test can play.

A stream is work in order, beside the work of other streams. An event is a place in a
stream's work: other streams and the host wait for it.
"""

from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any, Protocol, runtime_checkable

import torch

Work = Callable[[], Any]
_ROUNDS, _AT_ONCE = 3, 4
"""How often work is timed, and how much of it in a round."""
_CAPTURE = Lock()
"""PyTorch captures one graph at a time in a process."""


@runtime_checkable
class Event(Protocol):
    """A place in a stream's work, recorded there again for each picture."""

    def wait(self) -> None:
        """Returns when the work before the event is done; raises what went wrong."""


@runtime_checkable
class Stream(Protocol):
    """Work in order, beside the work of other streams."""

    def run(self, work: Work) -> None:
        """Adds work; returns before it is done."""

    def record(self, event: Event) -> None:
        """Records the event behind the work so far."""

    def wait_for(self, event: Event) -> None:
        """Lets the work from here on wait for where the event was last recorded."""


@runtime_checkable
class Device(Protocol):
    """Where streams and memory come from."""

    name: str

    def stream(self) -> Stream:
        """Returns a new stream."""

    def event(self) -> Event:
        """Returns an event that was not yet recorded."""

    def empty(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        """Returns memory on the device."""

    def empty_pinned(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        """Returns memory on the host that copies run beside the program from."""

    def captured(self, stream: Stream, work: Work) -> Work:
        """Does the work once or more, and returns what replays it in `stream`.

        The work reads and writes the same memory each time. Whatever is captured on
        one device is replayed in one stream.
        """

    def seconds_of(self, stream: Stream, work: Work) -> float:
        """Does the work some times in a stream; returns what it takes once."""

    def empty_cache(self) -> None:
        """Gives memory back that nothing uses; nothing captured is in use."""


class CudaEvent:
    """An event; waiting for it leaves the processor to others."""

    def __init__(self) -> None:
        self.event = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]  # no stub

    def wait(self) -> None:
        """Returns when the work before the event is done."""
        self.event.synchronize()


class CudaStream:
    """A stream of PyTorch; cupy's kernels are launched on it, too."""

    def __init__(self, device: torch.device) -> None:
        self.stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]  # no stub

    def run(self, work: Work) -> None:
        """Enqueues what `work` enqueues on the current stream."""
        with torch.cuda.stream(self.stream):
            work()

    def record(self, event: Event) -> None:
        """Records the event."""
        _event_of(event).record(self.stream)

    def wait_for(self, event: Event) -> None:
        """Lets the stream wait for the event."""
        self.stream.wait_event(_event_of(event))


class CudaDevice:
    """One CUDA device of PyTorch."""

    def __init__(self, name: str, *, graphs: bool = True) -> None:
        """`graphs=False` launches every kernel by itself, to be measured against."""
        self.name = name
        self._device = torch.device(name)
        self._graphs = graphs
        self._pool: Any = None

    def stream(self) -> Stream:
        """Returns a stream."""
        return CudaStream(self._device)

    def event(self) -> Event:
        """Returns an event."""
        with torch.cuda.device(self._device):
            return CudaEvent()

    def empty(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        """Returns memory on the device."""
        return torch.empty(shape, dtype=kind, device=self._device)

    def empty_pinned(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        """Returns page-locked memory."""
        return torch.empty(shape, dtype=kind, pin_memory=True)

    def captured(self, stream: Stream, work: Work) -> Work:
        """Captures a CUDA graph; the runs before let cuDNN choose its kernels."""
        # Nobody waits for the whole device while another thread captures.
        with _CAPTURE, torch.cuda.device(self._device):
            torch.cuda.synchronize()  # weights come on the default stream
            for _ in range(3):
                stream.run(work)
            torch.cuda.synchronize()
            return self._captured(_stream_of(stream), work) if self._graphs else work

    def _captured(self, stream: torch.cuda.Stream, work: Work) -> Work:
        """Captures into memory that all graphs share.

        They are replayed in one stream, so never at once, and what one leaves is copied
        there before the next begins.
        """
        self._pool = self._pool or torch.cuda.graph_pool_handle()
        torch.cuda.empty_cache()  # as much room as can be had
        graph = torch.cuda.CUDAGraph()
        # By hand, not by `torch.cuda.graph`: where work fails, that raises what the end
        # of the broken capture says instead, and leaves the stream current.
        with torch.cuda.stream(stream):
            # Other threads decode on the same device meanwhile: their calls are theirs.
            graph.capture_begin(self._pool, capture_error_mode="thread_local")
            try:
                work()
            except BaseException:
                with suppress(RuntimeError):
                    graph.capture_end()
                raise
            graph.capture_end()
        return graph.replay

    def seconds_of(self, stream: Stream, work: Work) -> float:
        """Times the work by events; the best round counts."""
        own = _stream_of(stream)
        rounds = []
        with torch.cuda.device(self._device), torch.cuda.stream(own):
            for _ in range(_ROUNDS):
                begun, ended = _timed_event(), _timed_event()
                begun.record(own)
                for _ in range(_AT_ONCE):
                    work()
                ended.record(own)
                ended.synchronize()
                rounds.append(begun.elapsed_time(ended) / 1000 / _AT_ONCE)
        return min(rounds)

    def empty_cache(self) -> None:
        """Empties PyTorch's cache of freed memory."""
        self._pool = None  # an empty pool cannot be captured into again
        with _CAPTURE:
            torch.cuda.empty_cache()


def _timed_event() -> Any:
    return torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]  # no stub


def _event_of(event: Event) -> torch.cuda.Event:
    if not isinstance(event, CudaEvent):
        raise TypeError(f"A CUDA stream takes CUDA events, got {type(event).__name__}.")
    return event.event


def _stream_of(stream: Stream) -> torch.cuda.Stream:
    if not isinstance(stream, CudaStream):
        raise TypeError(
            f"A CUDA device takes CUDA streams, got {type(stream).__name__}."
        )
    return stream.stream
