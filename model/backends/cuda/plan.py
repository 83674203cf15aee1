"""Memory and recorded work for pictures of one size on a CUDA device.

Everything is made once: three slots of tensors that stay where they are, and one
recorded graph of the network that reads and writes the same memory each time.
"""

from collections.abc import Callable
from threading import Lock
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from model.backends.cuda.streams import Device, Stream

SLOTS = 3
"""One picture is loaded, one in the network and one unloaded, all at once."""

Compute = Callable[[Tensor], Tensor]
Watch = Callable[[Tensor, Tensor], Tensor]
"""Returns two numbers for each picture of a batch."""


@runtime_checkable
class Landing(Protocol):
    """What is left to do for a picture when the device is done with it."""

    def __call__(self) -> None:
        """Copies the result to whoever asked for it."""


class Slot:
    """The tensors and marks of one batch under way."""

    def __init__(self, device: Device, shape: tuple[int, ...], kind: torch.dtype):
        self.x, self.y = _room(device, shape, kind), _room(device, shape, kind)
        self.seen = device.room((shape[0], 2), torch.float32)
        self.loaded, self.derained = device.mark(), device.mark()
        self.done = device.mark()
        self._device = device
        self._rooms: dict[tuple[str, int, tuple[int, ...], torch.dtype], Tensor] = {}
        self._lock = Lock()
        self._landings: list[Landing] = []
        self.flight = 0
        """Counts the batches that went through this slot."""

    def room(
        self, name: str, index: int, shape: tuple[int, ...], kind: torch.dtype
    ) -> Tensor:
        """Returns this slot's memory of a name; made at the first time.

        A name that begins with `host` is page-locked memory of the host.
        """
        key = (name, index, shape, kind)
        if key not in self._rooms:
            make = self._device.host_room if name[:4] == "host" else self._device.room
            self._rooms[key] = make(shape, kind)
        return self._rooms[key]

    def take_off(self, landings: list[Landing]) -> int:
        """Notes what is to be done in the end; returns the number of the flight."""
        with self._lock:
            self._landings = landings
            self.flight += 1
            return self.flight

    def land(self, flight: int | None = None) -> None:
        """Waits for the device and hands the results over; only once each flight."""
        with self._lock:
            if not self._landings or (flight is not None and flight != self.flight):
                return
            landings, self._landings = self._landings, []
            self.done.wait()
            for landing in landings:
                landing()


class Plan:
    """What pictures of one size and batch need; used by one thread at a time."""

    def __init__(
        self,
        device: Device,
        lane: Stream,
        compute: Compute,
        shape: tuple[int, int, int, int],
        kind: torch.dtype,
        watch: Watch | None = None,
    ) -> None:
        """Records `compute` for inputs of `shape`, in channels-last memory.

        `watch` looks at input and result of it, and is recorded with it.
        """
        self._x = _room(device, shape, kind)
        self._made: Tensor | None = None
        self._compute, self._watch = compute, watch
        self._seen: Tensor | None = None
        lane.run(self._x.zero_)
        self._replay = device.recorded(lane, self._work)
        self._slots = [Slot(device, shape, kind) for _ in range(SLOTS)]
        self._next = 0

    def slot(self) -> Slot:
        """Returns the slot whose turn it is, its last results handed over."""
        slot = self._slots[self._next]
        self._next = (self._next + 1) % SLOTS
        slot.land()
        return slot

    def derain(self, slot: Slot) -> None:
        """The network's part, for its lane."""
        self._x.copy_(slot.x)
        self._replay()
        if self._made is None:
            raise RuntimeError("A recorded network left no result.")
        slot.y.copy_(self._made)
        if self._seen is not None:
            slot.seen.copy_(self._seen)

    def land_all(self) -> None:
        """Hands over the results of everything under way."""
        for slot in self._slots:
            slot.land()

    def _work(self) -> None:
        self._made = self._compute(self._x)
        if self._watch is not None:
            self._seen = self._watch(self._x, self._made)


def _room(device: Device, shape: tuple[int, ...], kind: torch.dtype) -> Tensor:
    """Returns memory for [batch, 3, height, width] with the channels side by side."""
    batch, channels, height, width = shape
    return device.room((batch, height, width, channels), kind).permute(0, 3, 1, 2)
