"""The temporal step and the gate of one stream whose pictures stay on a GPU as planes.

What `model.temporal.stream` does with pixels: neighbours before the network, the rain
gate after it. The device does the work; here is only which picture goes when.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from model.backends.base import Backend, Pending, PendingBase
from model.backends.plane_neighbours import Lumas, PlaneNeighbours
from model.errors import out_of_memory_errors
from model.pictures.coverage import coverage
from model.pictures.pixels import RgbArray
from model.pictures.planes import PlanePicture, Planes, host_array
from model.temporal.gated_planes import GatedPlanes
from model.temporal.rain_gate import RainGate


@dataclass(slots=True, eq=False)
class PlanePending:
    """One picture under way; the owner's `start` and its `wait` may be two threads."""

    owner: "PlaneStream"
    picture: PlanePicture
    watch: bool
    inner: Pending | None = None
    untouched: bool = False
    coverage: float | None = None

    def wait(self) -> None:
        """Returns when the result is there; raises what went wrong.

        To wait for a picture whose later neighbours did not come ends the stream.
        """
        self.owner.finish(self)


class PlaneStream:
    """Takes the pictures of one stream in their order."""

    def __init__(
        self,
        inner: Backend,
        neighbours: Callable[[], PlaneNeighbours],
        gate: RainGate | None,
    ) -> None:
        """`neighbours` opens the memory, and a new one where the stream is cut."""
        self._inner, self._open, self._gate = inner, neighbours, gate
        self._neighbours = neighbours()
        self._early: deque[PlanePending] = deque()
        self.able = True
        """False once the device had too little memory: then pictures come as pixels."""

    @property
    def lumas(self) -> Lumas:
        """What later pictures depend on, beside the pictures themselves."""
        return self._neighbours.lumas

    @property
    def waits(self) -> bool:
        """Whether pictures wait for later ones."""
        return bool(self._early)

    def start(self, picture: PlanePicture, *, watch: bool) -> PlanePending | None:
        """Begins a picture; None: it must come as pixels, as all after it."""
        try:
            self._neighbours.push(picture.planes, picture.form)
        except out_of_memory_errors():
            self.able = False
            self.end()
            return None
        pending = PlanePending(self, picture, watch)
        self._early.append(pending)
        while self._neighbours.due:
            self._start_next()
        return pending

    def end(self) -> None:
        """Says that no picture follows for now: starts those that wait for later ones.

        A picture after it has none of them for a neighbour.
        """
        self._neighbours.end()
        while self._early:
            self._start_next()
        if self.able:
            self._neighbours = self._open()

    def finish(self, pending: PlanePending) -> None:
        """Completes a picture; called by its `wait`."""
        if pending.inner is None:
            self._neighbours.end()
            # Only the next: those behind it may be more than the network takes at once.
            self._start_next()
        inner = pending.inner
        if inner is None:
            raise RuntimeError("A frame was waited for before one that came earlier.")
        inner.wait()
        pending.untouched, pending.coverage = inner.untouched, inner.coverage

    def _start_next(self) -> None:
        pending = self._early.popleft()
        one = pending.picture
        inner: Pending | None = None
        with suppress(*out_of_memory_errors()):
            seen = self._neighbours.take()
            inner = self._inner.start_planes(
                seen, one.form, one.out, one.out_form, watch=pending.watch
            )
        if inner is None:
            self.able = False
            inner = _ByPixels(self._inner, one)
        if self._gate is not None:
            shift = (one.form.shift, one.out_form.shift)
            inner = GatedPlanes(self._gate, inner, one.planes, one.out, shift)
        pending.inner = inner


class _ByPixels(PendingBase):
    """A picture that came as planes and did not fit: the network alone, as pixels."""

    def __init__(self, inner: Backend, picture: PlanePicture) -> None:
        from model.backends.cuda.reference_kernels import pixels_of_light, rgb_of_planes

        planes, form = picture.planes, picture.form
        kind = np.uint8 if form.depth == 8 else np.uint16
        stored = np.empty((planes.height, planes.width, 3), kind)
        pixels_of_light(rgb_of_planes(_of_host(planes), form), stored)
        self._given: RgbArray = np.ascontiguousarray(
            np.rot90(stored, form.turned // 90)
        )
        self._made = np.empty_like(self._given)
        self._picture = picture
        self._pending = inner.start(self._given, self._made)

    def wait(self) -> None:
        """Returns when the planes are filled; raises what went wrong."""
        from model.backends.cuda.reference_kernels import light_of_pixels, planes_of_rgb

        self._pending.wait()
        self.coverage = coverage(self._given, self._made)
        out, form = self._picture.out, self._picture.out_form
        stored = np.rot90(self._made, -(form.turned // 90))
        planes_of_rgb(light_of_pixels(stored, stored.shape[:2]), form, out)


def _of_host(planes: Planes) -> Planes:
    return Planes(
        luma=host_array(planes.luma),
        cb=host_array(planes.cb),
        cr=host_array(planes.cr),
    )
