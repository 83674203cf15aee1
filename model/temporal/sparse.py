"""For a network too slow for its stream: it takes some pictures, neighbours make all.

While the network keeps up it takes every picture, with the temporal step that was asked
for. Otherwise each picture is made from the two before it and the two after it, and the
network gets as many of them as it can. So all pictures lose their rain in one way, and
nothing pumps between the two kinds. docs/temporal.md has what that is worth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition
from time import monotonic_ns

from model.backends.base import Backend, Pending, PendingBase, WrappedBackend
from model.motion.links import FINE as FULL
from model.pictures.pixels import RgbArray
from model.pictures.planes import PlaneForm, Planes
from model.temporal.metered import LeftOut, MeteredNetwork, OnTime, Taken
from model.temporal.neighbours import load_fusion
from model.temporal.rain_gate import RainGate
from model.temporal.stream import TemporalPending, TemporalStream

FINE = 150_000
"""Pixels up to which flow is estimated at full size while the network is too slow."""
SECONDS = 1.0
"""How long a picture is waited for that the network need not take. One that is later
leaves as its neighbours make it."""


class _Around(TemporalStream):
    """The temporal step with a network that takes some pictures."""

    def found_by_network(self, pending: TemporalPending) -> float:
        """Returns what it took out of this picture, or out of the one that it took."""
        inner = pending.inner
        if isinstance(inner, Taken | LeftOut) and inner.coverage is not None:
            return inner.coverage
        return super().found_by_network(pending)


@dataclass(slots=True, eq=False)
class _Stretch:
    """A part of the stream in which the network takes all pictures, or some."""

    stream: TemporalStream
    sparse: bool
    over: bool = False


class SparseStream(WrappedBackend):
    """A network for one stream, which it need not keep up with.

    One thread starts pictures, says how (`sparse`, `hurried`) and calls `flush`; it or
    another one waits, in their order.

    Args:
        inner: The network alone, without the memory of a stream; closed with this.
        temporal: As for `TemporalStream`, while the network takes all pictures.
        gate: As for `TemporalStream`.
        now_ns: The monotonic clock.
        fine: Pixels up to which flow is at full size while it does not take all.
        seconds: How long is waited for what it need not take; None: for ever.

    Raises:
        ModelError: There is no such kind of temporal step or gate.
    """

    def __init__(
        self,
        inner: Backend,
        *,
        temporal: str = "off",
        gate: str = "auto",
        now_ns: Callable[[], int] = monotonic_ns,
        fine: int = FINE,
        seconds: float | None = SECONDS,
    ) -> None:
        self._metered = MeteredNetwork(
            inner, lambda ns: self.on_time(ns), now_ns, seconds
        )
        super().__init__(self._metered)
        load_fusion()  # once it is needed, there is no time for it
        self.sparse = self.hurried = False
        """Whether it need not take the next one, and whether it must not."""
        self.on_time: OnTime = lambda _ns: None
        """As for `MeteredNetwork`."""
        self.on_picture: Callable[[bool], None] = lambda _taken: None
        """Told of each picture while `sparse` whether the network took it; on the
        thread that waits."""
        self._temporal, self._gate, self._fine = temporal, gate, fine
        self._rain_gate = RainGate()
        self._changed = Condition()
        self._now = self._new_stretch()
        plain = self._now.stream
        self.batch, self.delay = plain.batch, plain.delay
        self.slots = plain.slots
        """Pictures at once while the network takes them all; else many more."""
        self.takes_planes = plain.takes_planes

    @property
    def busy(self) -> bool:
        """Whether a picture is under way in the network; for any thread."""
        return self._metered.busy

    def stateless(self) -> Backend:
        """Returns the network by itself."""
        return self._metered.inner.stateless()

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`; `picture` stays as it is."""
        stretch = self._stretch()
        self._metered.rests = self.hurried
        pending = stretch.stream.start(picture, out)
        self._tell()
        return _SparsePending(self, stretch, pending)

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending | None:
        """Begins to fill `out`; None: the picture must come as pixels."""
        if self.sparse:
            return None
        stream = self._stretch().stream
        return stream.start_planes(planes, form, out, out_form, watch=watch)

    def flush(self) -> None:
        """Says that no picture follows for a while: those that wait for one go on."""
        ended = self._now
        if not ended.stream.waits and ended.sparse == self.sparse:
            return
        self._now = self._new_stretch()
        try:
            ended.stream.end()
        finally:
            ended.over = True
            self._tell()

    def wait_for(self, stretch: _Stretch, pending: TemporalPending) -> None:
        """Waits until a picture was started and is done; called by its `wait`."""
        with self._changed:
            self._changed.wait_for(lambda: pending.inner is not None or stretch.over)
        pending.wait()
        if stretch.sparse:
            inner = pending.inner
            self.on_picture(isinstance(inner, Taken) and not inner.late)

    def _stretch(self) -> _Stretch:
        """Returns what goes on, or begins what was asked for instead."""
        if self._now.sparse != self.sparse:
            self.flush()
        return self._now

    def _new_stretch(self) -> _Stretch:
        self._metered.takes_all = not self.sparse
        stream = _Around(
            self._metered,
            temporal="centred" if self.sparse else self._temporal,
            gate=self._gate,
            rain_gate=self._rain_gate,
            fine=self._fine if self.sparse else FULL,
            # Where it is too slow, pictures wait for later ones on another thread, and
            # the device has no time to spare for neighbours.
            in_planes=not self.sparse and self._temporal != "centred",
        )
        return _Stretch(stream, self.sparse)

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()


class _SparsePending(PendingBase):
    """A picture under way, whose later neighbours may have to come first."""

    def __init__(
        self, owner: SparseStream, stretch: _Stretch, pending: TemporalPending
    ) -> None:
        self._owner, self._stretch, self._pending = owner, stretch, pending

    def wait(self) -> None:
        """Returns when the result is there; raises what went wrong."""
        self._owner.wait_for(self._stretch, self._pending)
        self.untouched = self._pending.untouched
        self.coverage = self._pending.coverage
