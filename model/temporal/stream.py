"""A network for one stream: neighbours before it, the rain gate after it.

It is used as the network itself is, and keeps the memory of the stream that the
network does not have: one `TemporalStream` for each stream, one network for them all.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from model.backends.base import Pending, Pixels
from model.backends.planes_backend import PlanesBackend
from model.errors import ModelError
from model.planes import PlaneForm, Planes
from model.temporal.gated_planes import GatedPlanes
from model.temporal.neighbours import REACH, Neighbours, Plane, blended
from model.temporal.rain_gate import GateDecision, RainGate, coverage

AHEAD = {"off": None, "causal": 0, "centred": REACH}
"""How many later frames each kind of temporal step looks at."""
GATES = ("auto", "off")


@runtime_checkable
class Inner(Protocol):
    """What is asked of the network: `model.Derainer` has it all."""

    @property
    def slots(self) -> int:
        """Pictures that may be under way at once."""

    @property
    def model(self) -> str:
        """Name of the network."""

    @property
    def device(self) -> str:
        """Where it runs."""

    @property
    def backend(self) -> str:
        """What runs it."""

    @property
    def precision(self) -> str:
        """In which numbers."""

    def start(self, picture: Pixels, out: Pixels) -> Pending:
        """Begins to fill `out`."""

    def close(self) -> None:
        """Frees the device."""


@dataclass(slots=True, eq=False)
class _Buffers:
    median: Pixels
    doubt: NDArray[np.uint8]


@dataclass(slots=True, eq=False)
class TemporalPending:
    """One frame under way; the owner's `start` and its `wait` may be two threads."""

    owner: "TemporalStream"
    frame: Pixels
    out: Pixels
    buffers: _Buffers | None = None
    inner: Pending | None = None
    untouched: bool = False
    """After `wait`: whether the frame had no rain and came through bit-exact."""

    def wait(self) -> None:
        """Returns when the result is there; raises what went wrong.

        To wait for a frame whose later neighbours did not come ends the stream.
        """
        self.owner.finish(self)


class TemporalStream:
    """A network with the temporal step and the gate of one stream.

    Frames are started in their order and waited for in that order.

    Args:
        inner: The network; closed with this.
        temporal: `off`; `causal`, which looks at the two frames before; or `centred`,
            which looks at the two after as well and delays by them.
        gate: `auto` lets frames pass untouched in which the network finds no rain;
            `off` derains them all.
        still: The pictures are no stream: the gate judges each by itself.
        rain_gate: Instead of a gate without memory, if `gate` is `auto`.
        remembered: To go on in mid-stream: see `Neighbours`.

    Raises:
        ModelError: There is no such kind of temporal step or gate.
    """

    model = property(attrgetter("_inner.model"), doc="Name of the network.")
    device = property(attrgetter("_inner.device"), doc="Where it runs.")
    backend = property(attrgetter("_inner.backend"), doc="What runs it.")
    precision = property(attrgetter("_inner.precision"), doc="In which numbers.")

    def __init__(
        self,
        inner: Inner,
        *,
        temporal: str = "off",
        gate: str = "auto",
        still: bool = False,
        rain_gate: RainGate | None = None,
        remembered: Sequence[Plane] = (),
    ) -> None:
        if temporal not in AHEAD:
            raise ModelError(f"Expected temporal {_one_of(AHEAD)}; got {temporal!r}.")
        if gate not in GATES:
            raise ModelError(f"Expected gate {_one_of(GATES)}; got {gate!r}.")
        ahead = AHEAD[temporal]
        self.frames_untouched = 0
        self._inner = inner
        self._delay = ahead or 0
        self._neighbours = None if ahead is None else Neighbours(ahead, remembered)
        new_gate = rain_gate or RainGate(still=still)
        self._gate = new_gate if gate == "auto" else None
        self._early: deque[TemporalPending] = deque()
        self._spare: list[_Buffers] = []

    @property
    def inner(self) -> Inner:
        """The network by itself."""
        return self._inner

    @property
    def lumas(self) -> tuple[Plane, ...]:
        """What later frames depend on, beside the frames: see `Neighbours.lumas`."""
        return self._neighbours.lumas if self._neighbours else ()

    @property
    def delay(self) -> int:
        """How many frames more must be started before one can be waited for."""
        return self._delay

    @property
    def slots(self) -> int:
        """Frames that may be under way, those that wait for later ones among them."""
        return self._inner.slots + self._delay

    def start(self, picture: Pixels, out: Pixels) -> TemporalPending:
        """Begins to fill `out`; `picture` stays as it is. As `Derainer.start`."""
        pending = TemporalPending(self, picture, out)
        if self._neighbours is None:
            pending.inner = self._inner.start(picture, out)
            return pending
        self._early.append(pending)
        self._neighbours.push(picture)
        self._start_due(self._neighbours)
        return pending

    @property
    def takes_planes(self) -> bool:
        """Whether `start_planes` is worth a try: neighbours are looked at as pixels."""
        inner = self._inner
        able = isinstance(inner, PlanesBackend) and inner.takes_planes
        return able and self._neighbours is None

    def start_planes(
        self, planes: Planes, form: PlaneForm, out: Planes, out_form: PlaneForm
    ) -> Pending | None:
        """Begins to fill `out`, as `PlanesBackend`; `planes` stay as they are.

        `out_form` differs from `form` in nothing but its unused bits.
        """
        inner = self._inner
        if not isinstance(inner, PlanesBackend) or self._neighbours is not None:
            return None
        watch = self._gate is not None
        pending = inner.start_planes(planes, form, out, out_form, watch=watch)
        if pending is None or self._gate is None:
            return pending
        shift = (form.shift, out_form.shift)
        return GatedPlanes(self._gate, pending, planes, out, shift)

    def finish(self, pending: TemporalPending) -> None:
        """Completes a frame; called by its `wait`."""
        if pending.inner is None and self._neighbours is not None:
            self._neighbours.end()
            # Only the next: those behind it may be more than the network takes at once.
            self._start_next(self._neighbours)
        if pending.inner is None:
            raise RuntimeError("A frame was waited for before one that came earlier.")
        pending.inner.wait()
        gate, done = self._gate, pending.buffers
        if gate is not None:
            gate.look(_rain_in(pending))
        if done is not None:
            blended(done.median, pending.out, done.doubt, pending.out)
            self._spare.append(done)
        if gate is not None:
            passage = gate.pass_on(pending.frame, pending.out)
            pending.untouched = passage is GateDecision.UNTOUCHED
            self.frames_untouched += pending.untouched

    def close(self) -> None:
        """Closes the network; may be called twice."""
        self._inner.close()

    def _start_due(self, neighbours: Neighbours) -> None:
        while neighbours.due:
            self._start_next(neighbours)

    def _start_next(self, neighbours: Neighbours) -> None:
        pending = self._early.popleft()
        pending.buffers = buffers = self._buffers_for(pending.frame)
        neighbours.take(buffers.median, buffers.doubt)
        pending.inner = self._inner.start(buffers.median, pending.out)

    def _buffers_for(self, frame: Pixels) -> _Buffers:
        kept = self._spare.pop() if self._spare else None
        if kept is not None and _alike(kept.median, frame):
            return kept
        return _Buffers(np.empty_like(frame), np.empty(frame.shape[:2], np.uint8))


def _rain_in(pending: TemporalPending) -> float:
    """Returns the coverage of what network and neighbours found, in percent.

    Before blending, which spares much of what shows that it rains. The neighbours
    count half: in a fast dry pan, too, they find 1.5 %, in light rain as much or more.
    """
    if pending.buffers is None:
        return coverage(pending.frame, pending.out)
    median = pending.buffers.median
    return coverage(median, pending.out) + coverage(pending.frame, median) / 2


def _alike(kept: Pixels, frame: Pixels) -> bool:
    return kept.shape == frame.shape and kept.dtype == frame.dtype


def _one_of(names: Any) -> str:
    return ", ".join(names)
