"""Starts fresh frames of a live source on their way, as many as may be under way."""

from collections.abc import Callable

from streamer.live.fitting.fitting import Fitting
from streamer.live.fitting.places import Places
from streamer.live.letterbox import Letterbox
from streamer.live.reader import LatestFrameReader
from streamer.live.still import StillWatch
from streamer.network.rotated import RotatingNetwork
from streamer.pipeline.buffers import Slot
from streamer.pipeline.submit import InFlight, Launcher


class LiveScheduler:
    """Takes the newest frame each time that one may start.

    One thread calls `start_next`; another one says what has `landed` and gives its slot
    back.
    """

    def __init__(
        self,
        reader: LatestFrameReader,
        fitting: Fitting,
        *,
        letterbox: Letterbox,
        still: StillWatch,
        most_ms: int,
        planes: bool,
        now_ns: Callable[[], int],
    ) -> None:
        """Starts nothing yet.

        Args:
            reader: Has the frames.
            fitting: Has the network, and says how much of it a frame may take.
            letterbox: Gives all frames one size.
            still: Looks at every frame.
            most_ms: How old a frame may become in the network.
            planes: Nobody needs the pixels of what comes out.
            now_ns: The monotonic clock.
        """
        self._reader, self._fitting = reader, fitting
        self._letterbox, self._still = letterbox, still
        self._places = Places()
        self._most_ns = most_ms * 1_000_000
        self._network_ns = 0
        """What the newest frame spent in the network, its wait included."""
        self._spare: list[Slot] = []
        self._turning = RotatingNetwork(fitting.network)
        self.launcher = Launcher(self._turning, now_ns, planes=planes)

    def start_next(self) -> InFlight:
        """Waits until a frame may start and one is there; returns it on its way.

        Raises:
            Stopped: None will come any more.
            BaseException: The source's error.
        """
        self._fitting.prepare()
        self._wait_for_network()
        frame = self._reader.fresh(newest=not self._fitting.active)
        frame = self._letterbox.fitted(frame)
        self._still.take(frame)
        self._turning.rotation = frame.rotation
        self._fitting.hurry(self._reader.waiting)
        slot = self._spare.pop() if self._spare else Slot()
        return self.launcher.start(frame, slot)

    def _wait_for_network(self) -> None:
        """Waits until one more frame may start.

        A device that alone takes longer than a frame may be old gets one at a time: a
        second one would wait for the first, and come out twice as old. On a CPU each
        has cores of its own.
        """
        late = self._network_ns > self._most_ns and not self._fitting.active
        alone = late and self._fitting.network.device != "cpu"
        self._places.take(1 if alone else self._fitting.under_way)

    def landed(self) -> None:
        """Says that a frame has come out of the network."""
        self._places.give()

    def give_back(self, slot: Slot, *, network_ns: int) -> None:
        """Takes a slot back whose frame was sent, and what that took the network."""
        self._spare.append(slot)
        self._network_ns = network_ns

    def stop(self) -> None:
        """Lets nobody wait any more."""
        self._places.open()
