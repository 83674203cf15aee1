"""Turns pictures the way a viewer sees them before the network looks at them.

A phone stores a portrait video as lying pictures with a flag that turns them. Rain in
them falls sideways, and a network that has learnt that rain falls would look for it
along the wrong axis. Pictures are turned for the network and turned back, by the device
where colours are converted there.
"""

from dataclasses import replace

import numpy as np

from model.backends.base import Backend, Pending, PendingBase, WrappedBackend
from model.pictures.planes import PlaneForm, Planes
from sources.frame import RgbArray

_ROTATIONS = (0, 90, 180, 270)


def upright(network: Backend, rotation: int) -> Backend:
    """Returns a network that sees a stream upright: itself, if nothing turns it."""
    return RotatingNetwork(network, rotation) if rotation else network


class RotatingNetwork(WrappedBackend):
    """A network that sees every picture turned counter-clockwise by `rotation`.

    A live stream tells its rotation only with its pictures, and may change it with
    each connection. One thread starts, and it or another one waits. The memory for
    turned pictures is kept.
    """

    def __init__(self, inner: Backend, rotation: int = 0) -> None:
        """`rotation` is the stream's: 0, 90, 180 or 270 degrees."""
        super().__init__(inner)
        self.batch = 1
        self._free: list[tuple[RgbArray, RgbArray]] = []
        self.rotation = rotation

    @property
    def rotation(self) -> int:
        """Of the next picture to start: its frame's. For the thread that starts."""
        return self._rotation

    @rotation.setter
    def rotation(self, degrees: int) -> None:
        if degrees not in _ROTATIONS:
            raise ValueError(f"rotation must be 0, 90, 180 or 270, got {degrees}.")
        self._rotation = degrees

    def stateless(self) -> Backend:
        """Returns the network without what it remembers, turned as it is now."""
        return upright(self.inner.stateless(), self.rotation)

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`; neither may be touched before `wait` returns."""
        turns = self.rotation // 90
        if not turns:
            return self.inner.start(picture, out)
        turned = np.rot90(picture, turns)
        upright, derained = self._pair_for(turned)
        np.copyto(upright, turned)
        pending = self.inner.start(upright, derained)
        return _TurnedPending(pending, (upright, derained), (out, turns), self._free)

    def _pair_for(self, turned: RgbArray) -> tuple[RgbArray, RgbArray]:
        while self._free:
            pair = self._free.pop()
            if pair[0].shape == turned.shape and pair[0].dtype == turned.dtype:
                return pair
        return (
            np.empty(turned.shape, turned.dtype),
            np.empty(turned.shape, turned.dtype),
        )

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending | None:
        """Begins to fill `out`; the device turns. None: it must come as pixels."""
        form = replace(form, turned=self.rotation)
        out_form = replace(out_form, turned=self.rotation)
        return self.inner.start_planes(planes, form, out, out_form, watch=watch)


class _TurnedPending(PendingBase):
    """A turned picture on its way."""

    def __init__(
        self,
        pending: Pending,
        pair: tuple[RgbArray, RgbArray],
        back: tuple[RgbArray, int],
        free: list[tuple[RgbArray, RgbArray]],
    ) -> None:
        """`back`: where the result goes, and by how many quarter turns it came."""
        self._pending, self._pair, self._back, self._free = pending, pair, back, free

    def wait(self) -> None:
        """Returns when the result is there; raises what went wrong.

        The result is turned back and the memory kept for the next picture.
        """
        self._pending.wait()
        out, turns = self._back
        np.copyto(out, np.rot90(self._pair[1], -turns))
        self.untouched, self.coverage = self._pending.untouched, self._pending.coverage
        self._free.append(self._pair)
