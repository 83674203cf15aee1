"""A network that is timed, and may leave out pictures that it has no time for."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Condition, Thread
from time import monotonic

import numpy as np

from model.backends.base import Backend, Pending, PendingBase, WrappedBackend
from model.pictures.coverage import coverage
from model.pictures.pixels import RgbArray
from model.pictures.planes import PlaneForm, Planes

OnTime = Callable[[int], None]
_LAST_SECONDS = 5.0
"""How long `close` waits for pictures that nobody waited for."""


class MeteredNetwork(WrappedBackend):
    """Stands before the network of one stream and tells how long it takes.

    Args:
        inner: The network; closed with this.
        on_time: Told of each picture, in nanoseconds: its time in the network, divided
            by the pictures that were in it when it came; on a thread of its own.
        now_ns: The monotonic clock.
        seconds: How long a picture is waited for that it need not take; None: for ever.
    """

    def __init__(
        self,
        inner: Backend,
        on_time: OnTime,
        now_ns: Callable[[], int],
        seconds: float | None = None,
    ) -> None:
        super().__init__(inner)
        self.takes_all = True
        """Or one picture at a time, and the others are copied."""
        self.rests = False
        """Takes none, if it need not take all. Both are for the thread that starts."""
        self.coverage = 0.0
        """What it took out of the newest picture that it did not have to take."""
        self._on_time, self._now_ns, self._seconds = on_time, now_ns, seconds
        self._changed = Condition()
        self._under_way = 0

    @property
    def busy(self) -> bool:
        """Whether a picture is under way in it; for any thread."""
        with self._changed:
            return self._under_way > 0

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`, with a copy if the network has no time for it."""
        if self.takes_all:
            begun_ns = self._now_ns()
            return self._watched(self.inner.start(picture, out), begun_ns)
        if self.rests or self.busy:
            np.copyto(out, picture)
            return LeftOut(self)
        return self._taken(picture, out)

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
        if not self.takes_all:
            return None
        begun_ns = self._now_ns()
        pending = self.inner.start_planes(planes, form, out, out_form, watch=watch)
        return None if pending is None else self._watched(pending, begun_ns)

    def _taken(self, picture: RgbArray, out: RgbArray) -> "Taken":
        given, made = picture.copy(), np.empty_like(picture)
        begun_ns = self._now_ns()
        pending = self.inner.start(given, made)

        def count() -> None:
            self.coverage = coverage(given, made)

        watched = self._watched(pending, begun_ns, count)
        return Taken(self, watched, made, (picture, out))

    def _watched(
        self,
        pending: Pending,
        begun_ns: int,
        on_result: Callable[[], None] = lambda: None,
    ) -> "_Watched":
        with self._changed:
            self._under_way += 1
            together = self._under_way

        def wait() -> None:
            pending.wait()
            self._on_time((self._now_ns() - begun_ns) // together)
            on_result()

        done: Future[None] = Future()
        # A daemon: a network that hangs must not keep the program from its end.
        Thread(target=self._resolve, args=(done, wait), daemon=True).start()
        return _Watched(pending, done, self._seconds)

    def _resolve(self, done: "Future[None]", wait: Callable[[], None]) -> None:
        error: BaseException | None = None
        try:
            wait()
        except BaseException as caught:  # noqa: BLE001 - carried to whoever waits
            error = caught
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def close(self) -> None:
        """Closes the network, if it can be when nothing is under way in it."""
        with self._changed:
            self._changed.wait_for(lambda: not self._under_way, _LAST_SECONDS)
        super().close()


class _Watched(PendingBase):
    """A picture whose end another thread waits for, to see when it comes."""

    def __init__(
        self, pending: Pending, done: "Future[None]", seconds: float | None
    ) -> None:
        self._pending, self._done = pending, done
        self._begun, self._seconds = monotonic(), seconds

    def wait(self) -> None:
        """Returns when the result is there; raises what went wrong."""
        self._done.result()
        self.untouched = self._pending.untouched
        self.coverage = self._pending.coverage

    def came_in_time(self) -> bool:
        """Waits no longer than is allowed; raises what went wrong."""
        left = None
        if self._seconds is not None:
            left = max(self._begun + self._seconds - monotonic(), 0)
        try:
            self._done.result(left)
        except TimeoutError:
            if self._done.done():
                raise
            return False
        return True


class Taken(PendingBase):
    """A picture that the network took although it need not.

    It goes through memory of its own: what is not there in time is not waited for.
    """

    def __init__(
        self,
        network: MeteredNetwork,
        pending: _Watched,
        made: RgbArray,
        fallback: tuple[RgbArray, RgbArray],
    ) -> None:
        """`fallback`: what the result is if it comes late, and where it goes."""
        self._network, self._pending = network, pending
        self._made, self._fallback = made, fallback
        self.late = False

    def wait(self) -> None:
        """Returns when the result is there, or is late; raises what went wrong."""
        picture, out = self._fallback
        self.late = not self._pending.came_in_time()
        np.copyto(out, picture if self.late else self._made)
        self.coverage = self._network.coverage


class LeftOut(PendingBase):
    """A picture that the network did not take."""

    def __init__(self, network: MeteredNetwork) -> None:
        self._network = network

    def wait(self) -> None:
        """Takes for its coverage what the network found in the one before."""
        self.coverage = self._network.coverage
