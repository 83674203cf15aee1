"""One network for several streams: weights are loaded once, slots are shared."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock, Semaphore

from sources.frame import RgbArray
from streamer.network import Network, Pending


class Sharing:
    """Hands out parts of one network.

    A thread waits for each result and gives its place to the next picture at once: a
    stream whose sink hangs must not keep places that others need.
    """

    def __init__(self, network: Network) -> None:
        """`network` is closed by whoever opened it."""
        self.network = network
        self._turn = Lock()
        self._places = Semaphore(network.slots)
        self._waiters = ThreadPoolExecutor(network.slots, "network")

    def part(self) -> Network:
        """Returns the network for one more stream."""
        return SharedNetwork(self)

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Waits for a place among all streams, then begins to fill `out`."""
        self._places.acquire()
        try:
            with self._turn:
                pending = self.network.start(picture, out)
            return _Shared(self._waiters.submit(self._see_through, pending))
        except BaseException:
            self._places.release()
            raise

    def _see_through(self, pending: Pending) -> None:
        try:
            pending.wait()
        finally:
            self._places.release()


class SharedNetwork:
    """A part of a network, as one stream sees it."""

    slots = 1

    def __init__(self, sharing: Sharing) -> None:
        """Looks like the network that is shared."""
        network = sharing.network
        self.model, self.device = network.model, network.device
        self.backend, self.precision = network.backend, network.precision
        self._sharing = sharing

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Waits for a place among all streams, then begins to fill `out`."""
        return self._sharing.start(picture, out)

    def close(self) -> None:
        """Leaves the network to the other streams."""


class _Shared:
    def __init__(self, future: "Future[None]") -> None:
        self._future = future

    def wait(self) -> None:
        """Returns when the result is there."""
        self._future.result()
