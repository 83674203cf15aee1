"""What a live run does where its network is too slow for the camera."""

from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from streamer.live.fitting.control import FitControl, FitStatus
from streamer.network.protocol import Network

if TYPE_CHECKING:
    from model.temporal.sparse import SparseStream

_ROOM = 8
"""Pictures that may wait for the thread that makes them while it has a hitch."""
_MOST_UNDER_WAY = 32
"""Pictures on their way while the network takes one: 1.2 s at 25 a second."""


class Fitting:
    """Has the network of one stream take every picture, or as many as it can.

    `prepare`, `hurry` and `flush` are for the thread that starts pictures, `rest` for
    the one that sends them.
    """

    def __init__(
        self, network: Network, *, wanted: bool, now_ns: Callable[[], int]
    ) -> None:
        """Takes the network for quick enough.

        Args:
            network: Of this stream alone.
            wanted: Or the network takes every picture whatever it costs.
            now_ns: The monotonic clock.
        """
        self._sparse = _as_sparse(network, now_ns) if wanted else None
        self.network = self._sparse or network
        self.control = FitControl(network.slots, now_ns)
        self._over = Event()
        if self._sparse is not None:
            self._sparse.on_time = self.control.took
            self._sparse.on_picture = self.control.made

    @property
    def room(self) -> int:
        """How many pictures may wait to be started."""
        return 1 if self._sparse is None else _ROOM

    @property
    def under_way(self) -> int:
        """How many pictures may be under way now."""
        return _MOST_UNDER_WAY if self.active else self.network.slots

    @property
    def most_under_way(self) -> int:
        """How many pictures may be under way at any time."""
        slots = self.network.slots
        return slots if self._sparse is None else max(slots, _MOST_UNDER_WAY)

    @property
    def active(self) -> bool:
        """Whether the network need not take the next picture."""
        return self._sparse is not None and self._sparse.sparse

    def prepare(self) -> None:
        """Decides how the next picture is made."""
        if self._sparse is not None:
            self._sparse.sparse = self.control.decide()

    def hurry(self, waiting: int) -> None:
        """Keeps the network from the next picture while others `waiting` are late."""
        if self._sparse is not None:
            self._sparse.hurried = waiting > 0

    def flush(self) -> None:
        """Has pictures that wait for later ones go on without them."""
        if self._sparse is not None:
            self._sparse.flush()

    def rest(self, arrived_ns: int) -> None:
        """Waits until a picture should leave that is ready."""
        if self._sparse is not None and (ns := self.control.patience_ns(arrived_ns)):
            self._over.wait(ns / 1e9)

    def stop(self) -> None:
        """Lets nobody rest any more."""
        self._over.set()

    @property
    def status(self) -> FitStatus:
        """What is done now; for any thread."""
        return self.control.status()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done, for the report."""
        taken, others = self.control.taken, self.control.others
        if not taken + others:
            return ()
        return (
            f"the network was too slow for {taken + others} pictures: it took {taken}, "
            "all others were made from their neighbours",
        )


def _as_sparse(network: Network, now_ns: Callable[[], int]) -> "SparseStream":
    from model.temporal.sparse import SparseStream  # loads OpenCV, with the network

    if isinstance(network, SparseStream):
        return network
    return SparseStream(network, gate="off", now_ns=now_ns)
