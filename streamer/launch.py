"""Starts frames of a live source on their way through the network."""

from collections.abc import Callable

from sources.frame import Frame
from streamer.colour import ToRgb, is_deep
from streamer.network import Network, alone
from streamer.scheduler import Flight, frames_per_second_alone
from streamer.slots import Slot
from streamer.stats import Durations

_ALONE_NS = 2_000_000_000


class Launcher:
    """Converts a frame and starts it; for one thread."""

    def __init__(self, network: Network, now_ns: Callable[[], int]) -> None:
        """`network`: takes `network.slots` frames at once; the caller counts."""
        self.to_rgb_times = Durations()
        self._network, self._now_ns = network, now_ns
        self._to_rgb = ToRgb()
        self._slots: list[Slot] = []

    def start(self, frame: Frame, slot: Slot) -> Flight:
        """Returns the frame on its way."""
        if slot not in self._slots:
            self._slots.append(slot)
        picture = frame.picture
        before_ns = self._now_ns()
        slot.fit(picture.height, picture.width, deep=is_deep(picture.format.name))
        carrier = self._to_rgb(picture, frame.colour, slot.picture)
        started_ns = self._now_ns()
        self.to_rgb_times.add(started_ns - before_ns)
        pending = self._network.start(slot.picture, slot.out)
        return Flight(
            frame=frame,
            slot=slot,
            carrier=carrier,
            pending=pending,
            started_ns=started_ns,
        )

    def alone(self) -> float:
        """Measures frames a second of the network when nothing else runs."""
        slots, network = self._slots, alone(self._network)
        fps = frames_per_second_alone(network, slots, self._now_ns, _ALONE_NS)
        return round(fps, 2)
