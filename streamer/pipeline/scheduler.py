"""Keeps the network busy: several pictures in flight, results in their order."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

from sources.channel import Channel, Stopped
from sources.frame import Frame
from streamer.network.protocol import Network
from streamer.pipeline.buffers import Slot
from streamer.pipeline.submit import InFlight, Launcher


class Scheduler:
    """Gives each frame a slot and keeps `network.slots` of them in flight."""

    def __init__(
        self,
        network: Network,
        free: Channel[Slot],
        now_ns: Callable[[], int],
        *,
        planes: bool = False,
    ) -> None:
        """Takes nothing yet.

        Args:
            network: Idle.
            free: Yields slots; whoever takes a flight puts its slot back there.
            now_ns: The clock.
            planes: Nobody needs the pixels of what comes out.
        """
        self.launcher = Launcher(network, now_ns, planes=planes)
        self._network, self._free, self._now_ns = network, free, now_ns

    def run(self, frames: Channel[Frame]) -> Iterator[InFlight]:
        """Yields the frames with their results, in the order of `frames`.

        While no frame is ready, results are taken instead: a slow source keeps no
        finished picture back.

        Raises:
            Stopped: Nobody returns slots any more.
        """
        flying: deque[InFlight] = deque()
        try:
            while True:
                full = len(flying) >= self._network.slots
                early = len(flying) <= self._network.delay
                if not early and (full or not frames.ready()):
                    yield self._land(flying.popleft())
                    continue
                try:
                    frame = frames.get()
                except Stopped:
                    break
                flying.append(self.launcher.start(frame, self._free.get()))
            while flying:
                yield self._land(flying.popleft())
        finally:
            # An error elsewhere: the buffers must outlive what is still in flight.
            for flight in flying:
                with suppress(Exception):
                    flight.pending.wait()

    def _land(self, flight: InFlight) -> InFlight:
        flight.pending.wait()
        flight.stamps.derained_ns = self._now_ns()
        return flight
