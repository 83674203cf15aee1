"""Memory and a captured graph for pictures of one size on a CUDA device.

Everything is made once: three slots of tensors that stay where they are, and one
captured graph of the network that reads and writes the same memory each time.
"""

from collections.abc import Callable, Hashable
from threading import Lock

import torch
from torch import Tensor

from model.backends.cuda.streams import Device, Stream, Work

SLOTS = 3
"""One picture is loaded, one in the network and one unloaded, all at once."""

Compute = Callable[[Tensor], Tensor]
Shape = tuple[int, int, int, int]
"""Of the network's input: pictures, 3, height, width."""
Watch = Callable[[Tensor, Tensor], Tensor]
"""Returns two numbers for each picture of a batch."""


Callback = Callable[[], None]
"""What the host does for a picture when the device is done: copies the result out."""


class Slot:
    """The tensors and events of one batch under way."""

    def __init__(self, device: Device, shape: tuple[int, ...], kind: torch.dtype):
        self.x, self.y = _empty(device, shape, kind), _empty(device, shape, kind)
        self.seen = device.empty((shape[0], 2), torch.float32)
        self.loaded, self.derained = device.event(), device.event()
        self.done = device.event()
        self._device = device
        self._buffers: dict[tuple[str, int, tuple[int, ...], torch.dtype], Tensor] = {}
        self._graphs: dict[Hashable, Work] = {}
        self._lock = Lock()
        self._callbacks: list[Callback] = []
        self.ticket = 0
        """Number of the batch that went through this slot last."""

    def buffer(
        self, name: str, index: int, shape: tuple[int, ...], kind: torch.dtype
    ) -> Tensor:
        """Returns this slot's memory of a name; allocated at the first time.

        A name that begins with `host` is page-locked memory of the host.
        """
        key = (name, index, shape, kind)
        if key not in self._buffers:
            make = (
                self._device.empty_pinned if name[:4] == "host" else self._device.empty
            )
            self._buffers[key] = make(shape, kind)
        return self._buffers[key]

    def replay(self, key: Hashable, capture: Callable[[], Work]) -> Work:
        """Returns what replays work in this slot's memory; captured at the first time.

        `key` says which work it is.
        """
        if key not in self._graphs:
            self._graphs[key] = capture()
        return self._graphs[key]

    def begin(self, callbacks: list[Callback]) -> int:
        """Takes what is to be done in the end; returns the number of the batch."""
        with self._lock:
            self._callbacks = callbacks
            self.ticket += 1
            return self.ticket

    def complete(self, ticket: int | None = None) -> None:
        """Waits for the device and hands the results over; once for each batch."""
        with self._lock:
            if not self._callbacks or (ticket is not None and ticket != self.ticket):
                return
            callbacks, self._callbacks = self._callbacks, []
            self.done.wait()
            for callback in callbacks:
                callback()


class Plan:
    """What pictures of one size and batch need; used by one thread at a time."""

    def __init__(
        self,
        device: Device,
        stream: Stream,
        compute: Compute,
        shape: Shape,
        kind: torch.dtype,
        watch: Watch | None = None,
    ) -> None:
        """Captures `compute` for inputs of `shape`, in channels-last memory.

        `watch` looks at input and result of it, and is captured with it.
        """
        self._x = _empty(device, shape, kind)
        self._made: Tensor | None = None
        self._compute, self._watch = compute, watch
        self._seen: Tensor | None = None
        stream.run(self._x.zero_)
        self._replay = device.captured(stream, self._work)
        self._slots = [Slot(device, shape, kind) for _ in range(SLOTS)]
        self._next = 0

    def slot(self) -> Slot:
        """Returns the slot whose turn it is, its last results handed over."""
        slot = self._slots[self._next]
        self._next = (self._next + 1) % SLOTS
        slot.complete()
        return slot

    def derain(self, slot: Slot) -> None:
        """The network's part, for its stream."""
        self._x.copy_(slot.x)
        self._replay()
        if self._made is None:
            raise RuntimeError("A captured network left no result.")
        slot.y.copy_(self._made)
        if self._seen is not None:
            slot.seen.copy_(self._seen)

    def seconds(self, device: Device, stream: Stream) -> float:
        """Measures the network alone, for one batch of whatever its input holds."""
        return device.seconds_of(stream, self._replay)

    def complete_all(self) -> None:
        """Hands over the results of everything under way."""
        for slot in self._slots:
            slot.complete()

    def _work(self) -> None:
        self._made = self._compute(self._x)
        if self._watch is not None:
            self._seen = self._watch(self._x, self._made)


def _empty(device: Device, shape: tuple[int, ...], kind: torch.dtype) -> Tensor:
    """Returns memory for [batch, 3, height, width] with the channels side by side."""
    batch, channels, height, width = shape
    return device.empty((batch, height, width, channels), kind).permute(0, 3, 1, 2)
