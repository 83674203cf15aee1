"""One network for several streams: weights are loaded once, slots are shared.

Where the network gains from batches, pictures of one size that are there within 5 ms
go together.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Condition, Lock, Thread

from model.backends.base import Backend, BackendBase, Pending, PendingBase
from model.backends.plane_neighbours import Lumas, PlaneNeighbours
from model.pictures.planes import PlaneForm, PlanePicture, Planes
from sources.frame import RgbArray
from streamer.errors import StreamerError
from streamer.network.auto import Lightens
from streamer.network.pace_memory import Pace
from streamer.network.round_robin import RoundRobin
from streamer.network.waiting import PixelWork, PlaneWork, Size, Waiting, Work

_LOG = logging.getLogger("derain.network")


class Sharing:
    """Hands out parts of one network.

    A thread waits for each result and gives its place to the next picture at once: a
    stream whose sink hangs must not keep places that others need. Nor does the first
    picture of a size, for which a backend may compile for seconds.
    """

    def __init__(
        self, network: Backend, now_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        """`network` is closed by whoever opened it, after `close` of this."""
        self.network = network
        self._now_ns = now_ns
        self._turns = RoundRobin(network.batch)
        self._free = network.slots
        self._sizes: set[Size] = set()
        self._new_sizes: set[Size] = set()
        self._closed = False
        self._changed = Condition()
        self._starting = Lock()
        self._workers = ThreadPoolExecutor(network.slots, "network")
        self._thread = Thread(target=self._dispatch, name="turns", daemon=True)
        self._thread.start()

    def part(self) -> "SharedNetwork":
        """Returns the network for one more stream."""
        with self._changed:
            return SharedNetwork(self, self._turns.join())

    def put(self, stream: int, work: Work) -> Waiting:
        """Lets a picture wait for its stream's turn.

        Waits itself while another picture of the same stream has not had its turn.

        Raises:
            StreamerError: The network was closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._turns.is_free(stream))
            if self._closed:
                raise _closed()
            waiting = Waiting(work, self._now_ns())
            self._turns.put(stream, waiting)
            self._changed.notify_all()
        return waiting

    def leave(self, stream: int) -> None:
        """Takes a stream out; what it still had waiting fails."""
        with self._changed:
            left = self._turns.leave(stream)
            self._changed.notify_all()
        if left is not None:
            left.fail(_closed())

    def close(self) -> None:
        """Ends when what is under way is done; what waits fails. May be repeated."""
        with self._changed:
            self._closed = True
            left = self._turns.clear()
            self._changed.notify_all()
        for waiting in left:
            waiting.fail(_closed())
        self._thread.join()
        self._workers.shutdown()
        with self._changed:
            self._changed.wait_for(lambda: not self._new_sizes)

    def _dispatch(self) -> None:
        while (group := self._next()) is not None:
            if group[0].size in self._sizes:
                self._workers.submit(self._in_a_place, group)
            else:
                Thread(target=self._of_a_new_size, args=(group,), daemon=True).start()

    def _next(self) -> list[Waiting] | None:
        """Waits for pictures whose turn it is and takes a place for them."""
        with self._changed:
            while not self._closed:
                held, now_ns = self._new_sizes, self._now_ns()
                group = self._turns.take(now_ns, held) if self._free else []
                if group:
                    self._give_place(group[0].size)
                    self._changed.notify_all()
                    return group
                self._changed.wait(self._patience())
        return None

    def _give_place(self, size: Size) -> None:
        if size in self._sizes:
            self._free -= 1
        else:  # only those of one turn find out what their size needs
            self._new_sizes.add(size)

    def _patience(self) -> float | None:
        """Seconds until pictures go even if no others join them."""
        due_ns = self._turns.next_due_ns(self._new_sizes) if self._free else None
        return None if due_ns is None else max(due_ns - self._now_ns(), 0) / 1e9

    def _in_a_place(self, group: list[Waiting]) -> None:
        faults = self._faults_of(group)
        with self._changed:
            self._free += 1
            self._changed.notify_all()
        _tell(group, faults)

    def _of_a_new_size(self, group: list[Waiting]) -> None:
        faults = self._faults_of(group)
        with self._changed:
            self._new_sizes.remove(group[0].size)
            if not any(faults):
                self._sizes.add(group[0].size)
            self._changed.notify_all()
        _tell(group, faults)

    def _faults_of(self, group: list[Waiting]) -> list[Exception | None]:
        """Derains the pictures; a batch that fails is done again, one by one.

        So an error reaches the stream that it belongs to. If none fails alone it was
        the batch, as where the memory is too small: then there are no more of them.
        """
        together = self._error_of(group) if len(group) > 1 else None
        if len(group) > 1 and together is None and not group[0].refused:
            return [None] * len(group)
        faults = [self._error_of([waiting]) for waiting in group]
        if together is not None and not any(faults):
            self._turns.batch = 1
            _LOG.warning("no more batches: one of %d failed=%r", len(group), together)
        return faults

    def _error_of(self, group: list[Waiting]) -> Exception | None:
        try:
            with self._starting:
                pendings = self._begun(group)
            for pending in pendings:
                pending.wait()
        except Exception as error:  # noqa: BLE001 - handed to the stream it belongs to
            return error
        for waiting, pending in zip(group, pendings, strict=False):
            waiting.coverage = pending.coverage
        return None

    def _begun(self, group: list[Waiting]) -> Sequence[Pending]:
        """Starts pictures; none that are refused, as a batch or one alone."""
        work = [waiting.work for waiting in group]
        pendings = work[0].begin(self.network, work)
        for waiting in group:
            waiting.refused = pendings is None
            if pendings is not None or len(group) == 1:
                waiting.begun.set()
        return pendings or ()


class SharedNetwork(BackendBase):
    """A part of a network, as one stream sees it."""

    def __init__(self, sharing: Sharing, stream: int) -> None:
        """Looks like the network that is shared."""
        network = sharing.network
        self.model, self.device = network.model, network.device
        self.backend, self.precision = network.backend, network.precision
        self.layout = network.layout
        self.notes, self.takes_planes = network.notes, network.takes_planes
        self._sharing, self._stream = sharing, stream

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out` when it is this stream's turn."""
        waiting = self._sharing.put(self._stream, PixelWork(picture, out))
        return _SharedPending(waiting)

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending | None:
        """Begins to fill `out`, and returns when it is begun; None: bring pixels.

        Whether the network takes the planes is known when it is this stream's turn.
        """
        one = PlanePicture(planes=planes, form=form, out=out, out_form=out_form)
        waiting = self._sharing.put(self._stream, PlaneWork(one, watch))
        waiting.begun.wait()
        return None if waiting.refused else _SharedPending(waiting)

    def plane_neighbours(
        self, ahead: int, remembered: Lumas = ()
    ) -> PlaneNeighbours | None:
        """Returns the memory of one stream of planes, on the network's device."""
        return self._sharing.network.plane_neighbours(ahead, remembered)

    @property
    def running(self) -> str:
        """Name of the network that derains now."""
        return self._sharing.network.model

    def expect(self, rate: float) -> None:
        """Says how many pictures a second this stream will bring."""
        network = self._sharing.network
        if isinstance(network, Lightens):
            network.expect(rate)

    def lighten(self, pace: Pace) -> bool:
        """Asks for a lighter network, for all streams."""
        network = self._sharing.network
        return isinstance(network, Lightens) and network.lighten(pace)

    def close(self) -> None:
        """Leaves the network to the other streams; may be called twice."""
        self._sharing.leave(self._stream)


class _SharedPending(PendingBase):
    """A picture of one stream, waiting for its turn or under way."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting

    def wait(self) -> None:
        """Returns when the result is there; raises what went wrong."""
        self.coverage = self._waiting.done.result()


def _tell(group: list[Waiting], faults: list[Exception | None]) -> None:
    for waiting, error in zip(group, faults, strict=True):
        if error is None:
            waiting.succeed()
        else:
            waiting.fail(error)


def _closed() -> StreamerError:
    return StreamerError("the network that the streams share was closed")
