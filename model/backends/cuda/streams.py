"""The few things of CUDA that the backend works with, as roles that a test can play.

A lane is a CUDA stream: work in order, beside the work of other lanes. A mark is an
event: put into one lane, other lanes and the host wait for it.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any, Protocol, runtime_checkable

import torch

Work = Callable[[], Any]
_CAPTURE = Lock()
"""PyTorch captures one graph at a time in a process."""


@runtime_checkable
class Event(Protocol):
    """A place in a lane's work, put there again for each picture."""

    def wait(self) -> None:
        """Returns when the work before the mark is done; raises what went wrong."""


@runtime_checkable
class Stream(Protocol):
    """Work in order, beside the work of other lanes."""

    def run(self, work: Work) -> None:
        """Adds work; returns before it is done."""

    def put(self, mark: Event) -> None:
        """Puts the mark behind the work so far."""

    def wait_for(self, mark: Event) -> None:
        """Lets the work from here on wait for where the mark was last put."""


@runtime_checkable
class Device(Protocol):
    """Where lanes and memory come from."""

    name: str

    def lane(self) -> Stream:
        """Returns a new lane."""

    def mark(self) -> Event:
        """Returns a mark that was not yet put."""

    def room(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        """Returns memory on the device."""

    def host_room(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        """Returns memory on the host that copies run beside the program from."""

    def recorded(self, lane: Stream, work: Work) -> Work:
        """Does the work once or more, and returns what repeats it in `lane`.

        The work reads and writes the same memory each time. Whatever is recorded on
        one device is repeated in one lane.
        """

    def forget(self) -> None:
        """Gives memory back that nothing uses; nothing recorded is in use."""


class CudaMark:
    """An event; waiting for it leaves the processor to others."""

    def __init__(self) -> None:
        self.event = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]  # no stub

    def wait(self) -> None:
        """Returns when the work before the mark is done."""
        self.event.synchronize()


class CudaLane:
    """A stream of PyTorch; cupy's kernels are launched on it, too."""

    def __init__(self, device: torch.device) -> None:
        self.stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]  # no stub

    def run(self, work: Work) -> None:
        """Enqueues what `work` enqueues on the current stream."""
        with torch.cuda.stream(self.stream):
            work()

    def put(self, mark: Event) -> None:
        """Records the event."""
        _event_of(mark).record(self.stream)

    def wait_for(self, mark: Event) -> None:
        """Lets the stream wait for the event."""
        self.stream.wait_event(_event_of(mark))


class CudaDevice:
    """One CUDA device of PyTorch."""

    def __init__(self, name: str, *, graphs: bool = True) -> None:
        """`graphs=False` launches every kernel by itself, to be measured against."""
        self.name = name
        self._device = torch.device(name)
        self._graphs = graphs
        self._pool: Any = None

    def lane(self) -> Stream:
        """Returns a stream."""
        return CudaLane(self._device)

    def mark(self) -> Event:
        """Returns an event."""
        with torch.cuda.device(self._device):
            return CudaMark()

    def room(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        """Returns memory on the device."""
        return torch.empty(shape, dtype=kind, device=self._device)

    def host_room(self, shape: tuple[int, ...], kind: torch.dtype) -> torch.Tensor:
        """Returns page-locked memory."""
        return torch.empty(shape, dtype=kind, pin_memory=True)

    def recorded(self, lane: Stream, work: Work) -> Work:
        """Captures a CUDA graph; the runs before let cuDNN choose its kernels."""
        # Nobody waits for the whole device while another thread captures.
        with _CAPTURE, torch.cuda.device(self._device):
            torch.cuda.synchronize()  # weights come on the default stream
            for _ in range(3):
                lane.run(work)
            torch.cuda.synchronize()
            return self._captured(_stream_of(lane), work) if self._graphs else work

    def _captured(self, stream: torch.cuda.Stream, work: Work) -> Work:
        """Captures into memory that all graphs share.

        They are replayed in one lane, so never at once, and what one leaves is copied
        there before the next begins.
        """
        self._pool = self._pool or torch.cuda.graph_pool_handle()
        graph = torch.cuda.CUDAGraph()
        # Other threads decode on the same device meanwhile: their calls are theirs.
        with torch.cuda.graph(
            graph, self._pool, stream, capture_error_mode="thread_local"
        ):
            work()
        return graph.replay

    def forget(self) -> None:
        """Empties PyTorch's cache of freed memory."""
        self._pool = None  # an empty pool cannot be captured into again
        with _CAPTURE:
            torch.cuda.empty_cache()


def _event_of(mark: Event) -> torch.cuda.Event:
    if not isinstance(mark, CudaMark):
        raise TypeError(f"A CUDA lane takes CUDA marks, got {type(mark).__name__}.")
    return mark.event


def _stream_of(lane: Stream) -> torch.cuda.Stream:
    if not isinstance(lane, CudaLane):
        raise TypeError(f"A CUDA device takes CUDA lanes, got {type(lane).__name__}.")
    return lane.stream
