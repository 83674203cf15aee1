"""A network for one stream: neighbours before it, the rain gate after it.

It is used as the network itself is, and keeps the memory of the stream that the
network does not have: one `TemporalStream` for each stream, one network for them all.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.backends.base import Backend, Pending, WrappedBackend
from model.backends.plane_neighbours import Lumas, PlaneNeighbours
from model.errors import ModelError
from model.motion.links import FINE
from model.pictures.coverage import coverage, coverage_of_both
from model.pictures.pixels import RgbArray
from model.pictures.planes import PlaneForm, PlanePicture, Planes
from model.temporal.gated_planes import GatedPlanes
from model.temporal.neighbours import REACH, Neighbours, load_fusion
from model.temporal.plane_stream import PlaneStream
from model.temporal.rain_gate import GateDecision, RainGate

AHEAD = {"off": None, "causal": 0, "centred": REACH}
"""How many later frames each kind of temporal step looks at."""
GATES = ("auto", "off")


@dataclass(slots=True, eq=False)
class TemporalPending:
    """One frame under way; the owner's `start` and its `wait` may be two threads."""

    owner: "TemporalStream"
    frame: RgbArray
    out: RgbArray
    fused: RgbArray | None = None
    """What the network is given instead of the frame."""
    inner: Pending | None = None
    untouched: bool = False
    """After `wait`: whether the frame had no rain and came through bit-exact."""
    coverage: float | None = None
    """After `wait`, behind a gate: how much of it lost rain, in percent."""

    def wait(self) -> None:
        """Returns when the result is there; raises what went wrong.

        To wait for a frame whose later neighbours did not come ends the stream.
        """
        self.owner.finish(self)


class TemporalStream(WrappedBackend):
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
        remembered: To go on in mid-stream: `lumas` of another one, see `Neighbours`.
        fine: As for `Neighbours`.
        in_planes: Planes may stay on the device.

    Raises:
        ModelError: There is no such kind of temporal step or gate.
    """

    def __init__(
        self,
        inner: Backend,
        *,
        temporal: str = "off",
        gate: str = "auto",
        still: bool = False,
        rain_gate: RainGate | None = None,
        remembered: Lumas = (),
        fine: int = FINE,
        in_planes: bool = True,
    ) -> None:
        if temporal not in AHEAD:
            raise ModelError(f"Expected temporal {_one_of(AHEAD)}; got {temporal!r}.")
        if gate not in GATES:
            raise ModelError(f"Expected gate {_one_of(GATES)}; got {gate!r}.")
        super().__init__(inner)
        ahead = AHEAD[temporal]
        self.frames_untouched = 0
        self.batch, self.delay = 1, ahead or 0
        self.slots = inner.slots + self.delay
        self._fine = fine
        if ahead is not None:
            load_fusion()
        known = [np.rint(luma).astype(np.uint8) for luma in remembered]
        self._neighbours = None if ahead is None else Neighbours(ahead, known, fine)
        new_gate = rain_gate or RainGate(still=still)
        self._gate = new_gate if gate == "auto" else None
        self._in_planes = self._plane_stream(ahead, remembered) if in_planes else None
        self._remembers = bool(remembered)
        self._came_in_planes = False
        stay = ahead is None or self._in_planes is not None
        self.takes_planes = inner.takes_planes and stay
        self._early: deque[TemporalPending] = deque()
        self._spare: list[RgbArray] = []

    def stateless(self) -> Backend:
        """Returns the network by itself."""
        return self.inner.stateless()

    def _plane_stream(self, ahead: int | None, remembered: Lumas) -> PlaneStream | None:
        """Returns what looks at neighbours on the device, where that can be done."""
        if ahead is None or not self.inner.takes_planes:
            return None
        first = self.inner.plane_neighbours(ahead, remembered)
        if first is None:
            return None
        opened = [first]

        def neighbours() -> PlaneNeighbours:
            found = opened.pop() if opened else self.inner.plane_neighbours(ahead)
            if found is None:
                raise RuntimeError("A network gave neighbours for one stream only.")
            return found

        return PlaneStream(self.inner, neighbours, self._gate)

    @property
    def lumas(self) -> Lumas:
        """What later frames depend on, beside the frames: see `Neighbours.lumas`.

        All that were started were waited for.
        """
        if self._in_planes is not None and self._came_in_planes:
            return self._in_planes.lumas
        return self._neighbours.lumas if self._neighbours else ()

    def start(self, picture: RgbArray, out: RgbArray) -> TemporalPending:
        """Begins to fill `out`; `picture` stays as it is. As `Derainer.start`."""
        pending = TemporalPending(self, picture, out)
        if self._neighbours is None:
            pending.inner = self.inner.start(picture, out)
            return pending
        self._came_in_planes = False
        if self._in_planes is not None and (self._in_planes.waits or self._remembers):
            self._in_planes.end()  # what it remembers was for the first frames
        self._remembers = False
        self._early.append(pending)
        self._neighbours.push(picture)
        self._start_due(self._neighbours)
        return pending

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending | None:
        """Begins to fill `out`, as `Backend` says; `planes` stay as they are.

        `out_form` differs from `form` in nothing but its unused bits.
        """
        if not self.takes_planes:
            return None
        watch = watch or self._gate is not None
        if self._in_planes is not None:
            one = PlanePicture(planes=planes, form=form, out=out, out_form=out_form)
            return self._among_neighbours(self._in_planes, one, watch=watch)
        pending = self.inner.start_planes(planes, form, out, out_form, watch=watch)
        if pending is None or self._gate is None:
            return pending
        shift = (form.shift, out_form.shift)
        return GatedPlanes(self._gate, pending, planes, out, shift)

    def _among_neighbours(
        self, stream: PlaneStream, picture: PlanePicture, *, watch: bool
    ) -> Pending | None:
        """Begins planes whose neighbours are looked at on the device, too."""
        if self._early or self._remembers:
            self.end()  # those as pixels have no neighbours among planes
            self._neighbours = Neighbours(self.delay, fine=self._fine)
        self._remembers = False
        pending = stream.start(picture, watch=watch)
        self.takes_planes = stream.able
        self._came_in_planes = pending is not None
        return pending

    @property
    def waits(self) -> bool:
        """Whether frames wait for later ones."""
        in_planes = self._in_planes is not None and self._in_planes.waits
        return bool(self._early) or in_planes

    def end(self) -> None:
        """Says that no frame follows: starts those that wait for later ones."""
        if self._in_planes is not None and self._in_planes.waits:
            self._in_planes.end()
        if self._neighbours is not None:
            self._neighbours.end()
            self._start_due(self._neighbours)

    def finish(self, pending: TemporalPending) -> None:
        """Completes a frame; called by its `wait`."""
        if pending.inner is None and self._neighbours is not None:
            self._neighbours.end()
            # Only the next: those behind it may be more than the network takes at once.
            self._start_next(self._neighbours)
        if pending.inner is None:
            raise RuntimeError("A frame was waited for before one that came earlier.")
        pending.inner.wait()
        gate = self._gate
        if gate is not None:
            pending.coverage = self._rain_in(pending)
            gate.look(pending.coverage)
        if pending.fused is not None:
            self._spare.append(pending.fused)
        if gate is not None:
            decision = gate.pass_on(pending.frame, pending.out)
            pending.untouched = decision is GateDecision.UNTOUCHED
            self.frames_untouched += pending.untouched

    def _rain_in(self, pending: TemporalPending) -> float:
        """Returns the coverage of what network and neighbours found, in percent."""
        found = self.found_by_network(pending)
        if pending.fused is None:
            return found
        by_neighbours = coverage(pending.frame, pending.fused)
        return coverage_of_both(found, by_neighbours)

    def found_by_network(self, pending: TemporalPending) -> float:
        """Returns the coverage of what the network took out of what it was given."""
        given = pending.frame if pending.fused is None else pending.fused
        return coverage(given, pending.out)

    def _start_due(self, neighbours: Neighbours) -> None:
        while neighbours.due:
            self._start_next(neighbours)

    def _start_next(self, neighbours: Neighbours) -> None:
        pending = self._early.popleft()
        pending.fused = fused = self._room_for(pending.frame)
        neighbours.take(fused)
        pending.inner = self.inner.start(fused, pending.out)

    def _room_for(self, frame: RgbArray) -> RgbArray:
        kept = self._spare.pop() if self._spare else None
        if kept is not None and _alike(kept, frame):
            return kept
        return np.empty_like(frame)


def _alike(kept: RgbArray, frame: RgbArray) -> bool:
    return kept.shape == frame.shape and kept.dtype == frame.dtype


def _one_of(names: Any) -> str:
    return ", ".join(names)
