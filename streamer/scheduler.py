"""Keeps the network busy: several pictures in flight, results in their order."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import av

from sources.frame import Frame
from streamer.channel import Channel
from streamer.colour import ToRgb, is_deep
from streamer.network import Network, Pending, delay_of
from streamer.slots import Slot
from streamer.stats import Durations


@dataclass(slots=True, kw_only=True)
class Flight:
    """A frame on its way through the network, or back from it."""

    frame: Frame
    slot: Slot
    carrier: av.VideoFrame
    """What `ToRgb` returned; `FromRgb` takes it back."""
    pending: Pending
    started_ns: int


class Scheduler:
    """Gives each frame a slot and keeps `network.slots` of them in flight."""

    def __init__(
        self, network: Network, free: Channel[Slot], now_ns: Callable[[], int]
    ) -> None:
        """`free` yields slots; whoever takes a flight puts its slot back there."""
        self.to_rgb_times = Durations()
        self.network_times = Durations()
        self._network, self._free, self._now_ns = network, free, now_ns
        self._to_rgb = ToRgb()
        self.slots_used: list[Slot] = []

    def run(self, frames: Channel[Frame]) -> Iterator[Flight]:
        """Yields the frames with their results, in the order of `frames`.

        While no frame is ready, results are taken instead: a slow source keeps no
        finished picture back.

        Raises:
            Stopped: Nobody returns slots any more.
        """
        flying: deque[Flight] = deque()
        coming = iter(frames)
        try:
            while True:
                full = len(flying) >= self._network.slots
                early = len(flying) <= delay_of(self._network)
                if not early and (full or not frames.ready()):
                    yield self._land(flying.popleft())
                    continue
                frame = next(coming, None)
                if frame is None:
                    break
                flying.append(self._start(frame))
            while flying:
                yield self._land(flying.popleft())
        finally:
            # A fault elsewhere: the buffers must outlive what is still in flight.
            for flight in flying:
                with suppress(Exception):
                    flight.pending.wait()

    def _start(self, frame: Frame) -> Flight:
        slot = self._free.get()
        if slot not in self.slots_used:
            self.slots_used.append(slot)
        picture = frame.picture
        before_ns = self._now_ns()
        deep = is_deep(picture.format.name)
        slot.fit(picture.height, picture.width, deep=deep)
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

    def _land(self, flight: Flight) -> Flight:
        flight.pending.wait()
        self.network_times.add(self._now_ns() - flight.started_ns)
        return flight


def frames_per_second_alone(
    network: Network, slots: list[Slot], now_ns: Callable[[], int], budget_ns: int
) -> float:
    """Measures what the network does when nothing else runs.

    Args:
        network: Idle.
        slots: At least as many as may be in flight, filled with real pictures.
        now_ns: The clock.
        budget_ns: How long to measure; at least four pictures are.
    """
    flying: deque[Pending] = deque()
    begun_ns = now_ns()
    done = started = 0
    while done < 4 or now_ns() - begun_ns < budget_ns:
        slot = slots[started % len(slots)]
        flying.append(network.start(slot.picture, slot.out))
        started += 1
        if len(flying) >= network.slots:
            flying.popleft().wait()
            done += 1
    for pending in flying:
        pending.wait()
    return started / ((now_ns() - begun_ns) / 1e9)
