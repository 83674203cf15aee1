"""Turns pictures the way a viewer sees them before the network looks at them.

A phone stores a portrait video as lying pictures with a flag that turns them. Rain in
them falls sideways, and a network that has learnt that rain falls would look for it
along the wrong axis. Pictures are turned for the network and turned back.
"""

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from sources.frame import RgbArray
from streamer.network.protocol import (
    Network,
    Pending,
    alone,
    delay_of,
    is_untouched,
    notes_of,
    takes_planes,
)

if TYPE_CHECKING:  # loads torch
    from model.planes import PlaneForm, Planes


def upright(network: Network, rotation: int) -> Network:
    """Returns a network that sees a stream upright: itself, if nothing turns it."""
    return UprightNetwork(network, rotation) if rotation else network


class UprightNetwork:
    """A network that sees every picture turned counter-clockwise by `rotation`.

    One thread starts, and it or another one waits. The memory for turned pictures is
    kept.
    """

    model = property(attrgetter("_inner.model"), doc="Name of the network.")
    device = property(attrgetter("_inner.device"), doc="Where it runs.")
    backend = property(attrgetter("_inner.backend"), doc="What runs it.")
    precision = property(attrgetter("_inner.precision"), doc="In which numbers.")

    def __init__(self, inner: Network, rotation: int) -> None:
        """`rotation` is the stream's: 90, 180 or 270 degrees."""
        if rotation not in (90, 180, 270):
            raise ValueError(f"rotation must be 90, 180 or 270, got {rotation}.")
        self._inner = inner
        self._turns = rotation // 90
        self._free: list[tuple[RgbArray, RgbArray]] = []

    @property
    def slots(self) -> int:
        """How many pictures may be on their way at once."""
        return self._inner.slots

    @property
    def delay(self) -> int:
        """How many frames more must be started before one can be waited for."""
        return delay_of(self._inner)

    @property
    def inner(self) -> Network:
        """The network without what it remembers of a stream, still turned."""
        return UprightNetwork(alone(self._inner), 90 * self._turns)

    @property
    def notes(self) -> list[str]:
        """What a user should know of how it ran, a line each."""
        return notes_of(self._inner)

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`; neither may be touched before `wait` returns."""
        turned = np.rot90(picture, self._turns)
        upright, derained = self._room_for(turned)
        np.copyto(upright, turned)
        pending = self._inner.start(upright, derained)
        return _TurnedPending(self, pending, (upright, derained), out)

    def _room_for(self, turned: RgbArray) -> tuple[RgbArray, RgbArray]:
        while self._free:
            pair = self._free.pop()
            if pair[0].shape == turned.shape and pair[0].dtype == turned.dtype:
                return pair
        return (
            np.empty(turned.shape, turned.dtype),
            np.empty(turned.shape, turned.dtype),
        )

    def land(self, pair: tuple[RgbArray, RgbArray], out: RgbArray) -> None:
        """Turns a result back into `out` and keeps the memory for the next."""
        np.copyto(out, np.rot90(pair[1], -self._turns))
        self._free.append(pair)

    def close(self) -> None:
        """Frees the device."""
        self._inner.close()


class _TurnedPending:
    """A turned picture on its way."""

    def __init__(
        self,
        network: UprightNetwork,
        pending: Pending,
        pair: tuple[RgbArray, RgbArray],
        out: RgbArray,
    ) -> None:
        self._network = network
        self._pending = pending
        self._pair = pair
        self._out = out

    @property
    def untouched(self) -> bool:
        """After `wait`: whether the result is the picture, bit for bit."""
        return is_untouched(self._pending)

    def wait(self) -> None:
        """Returns when the result is there; raises what went wrong."""
        self._pending.wait()
        self._network.land(self._pair, self._out)


class RotatingNetwork:
    """A network that sees every picture upright, however each of them lies.

    A live stream tells its rotation only with its pictures, and may change it with
    each connection.
    """

    def __init__(self, inner: Network) -> None:
        """`inner` is closed by whoever opened it."""
        self.rotation = 0
        """Of the next picture to start: its frame's. For the thread that starts."""
        self.slots = inner.slots
        self.model, self.device = inner.model, inner.device
        self.backend, self.precision = inner.backend, inner.precision
        self._ways = {0: inner}

    @property
    def delay(self) -> int:
        """How many frames more must be started before one can be waited for."""
        return delay_of(self._ways[0])

    @property
    def inner(self) -> Network:
        """The network without what it remembers of a stream, turned as it is now."""
        return upright(alone(self._ways[0]), self.rotation)

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`; neither may be touched before `wait` returns."""
        if self.rotation not in self._ways:
            self._ways[self.rotation] = upright(self._ways[0], self.rotation)
        return self._ways[self.rotation].start(picture, out)

    @property
    def takes_planes(self) -> bool:
        """Whether the next picture may come as planes: those that lie may not."""
        return self.rotation == 0 and takes_planes(self._ways[0])

    def start_planes(
        self, planes: "Planes", form: "PlaneForm", out: "Planes", out_form: "PlaneForm"
    ) -> Pending | None:
        """Begins to fill `out`; None: the picture must come as pixels."""
        network = self._ways[0]
        if not takes_planes(network):
            return None
        return network.start_planes(planes, form, out, out_form)

    def close(self) -> None:
        """Leaves the network to whoever opened it."""
