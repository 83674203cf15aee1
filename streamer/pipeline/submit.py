"""Starts frames on their way through the network, of files and live sources alike."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import av

from model.backends.base import Pending
from sources.colour import Conversion, StreamConversion, ToRgb, is_deep
from sources.frame import Frame
from sources.nvdec import ON_DEVICE, downloaded
from streamer.network.protocol import Network
from streamer.pipeline.buffers import Slot
from streamer.pipeline.gpu import planes
from streamer.pipeline.stats import Stamps

_ALONE_NS = 2_000_000_000


@dataclass(slots=True, kw_only=True)
class InFlight:
    """A frame on its way through the network, or back from it."""

    frame: Frame
    slot: Slot
    how: Conversion
    """The matrix and range of the frame's colours."""
    carrier: av.VideoFrame | None
    """What `ToRgb` returned; `FromRgb` takes it back. None for planes."""
    pending: Pending
    stamps: Stamps
    made: av.VideoFrame | None = None
    """The result where the device converts colours; `slot` then holds no pixels."""


class Launcher:
    """Converts a frame and starts it; for one thread.

    A network on a GPU takes the planes as they were decoded and fills others, if the
    sink and the rest of the run can do with planes.
    """

    def __init__(
        self, network: Network, now_ns: Callable[[], int], *, planes: bool = False
    ) -> None:
        """Takes nothing yet.

        Args:
            network: Takes `network.slots` frames at once; the caller counts.
            now_ns: The clock.
            planes: Nobody needs the pixels of what comes out.
        """
        self._network, self._now_ns, self._planes = network, now_ns, planes
        self._to_rgb, self._conversion = ToRgb(), StreamConversion()
        self._slots: list[Slot] = []
        self._last: tuple[Any, ...] | None = None

    def start(self, frame: Frame, slot: Slot) -> InFlight:
        """Returns the frame on its way."""
        stamps = Stamps(decoded_ns=frame.arrived_ns, converting_ns=self._now_ns())
        how = self._conversion.of(frame.colour, frame.picture.height)
        flight = None
        if self._planes and self._network.takes_planes:
            flight = self._as_planes(frame, how, slot, stamps)
        return flight or self._as_pixels(frame, how, slot, stamps)

    def alone(self) -> float:
        """Measures frames a second of the network when nothing else runs."""
        network, last = self._network.stateless(), self._last
        if last is not None and network.takes_planes:
            start = network.start_planes
            fps = rate_of(
                lambda _: _must(start(*last)), network.slots, self._now_ns, _ALONE_NS
            )
        else:
            fps = frames_per_second_alone(network, self._slots, self._now_ns, _ALONE_NS)
        return round(fps, 2)

    def _as_planes(
        self, frame: Frame, how: Conversion, slot: Slot, stamps: Stamps
    ) -> InFlight | None:
        """Starts the planes; None if they must come as pixels."""
        picture = frame.picture
        form = planes.form_of(picture, how, frame.colour.chroma_location)
        if form is None:
            return None
        made = planes.room_like(picture, form)
        given = planes.planes_of(picture), form
        stamps.started_ns = self._now_ns()
        room = planes.planes_of(made), planes.planar(form)
        pending = self._network.start_planes(*given, *room)
        if pending is None:
            return None
        self._last = (*given, *room)
        return InFlight(
            frame=frame,
            slot=slot,
            how=how,
            carrier=None,
            pending=pending,
            stamps=stamps,
            made=made,
        )

    def _as_pixels(
        self, frame: Frame, how: Conversion, slot: Slot, stamps: Stamps
    ) -> InFlight:
        if slot not in self._slots:
            self._slots.append(slot)
        if frame.picture.format.name == ON_DEVICE:
            frame = replace(frame, picture=downloaded(frame.picture))
        picture = frame.picture
        slot.fit(picture.height, picture.width, deep=is_deep(picture.format.name))
        carrier = self._to_rgb(picture, how, slot.picture)
        stamps.started_ns = self._now_ns()
        pending = self._network.start(slot.picture, slot.out)
        self._last = None
        return InFlight(
            frame=frame,
            slot=slot,
            how=how,
            carrier=carrier,
            pending=pending,
            stamps=stamps,
        )


def _must(pending: Pending | None) -> Pending:
    if pending is None:
        raise RuntimeError("The network takes planes no more; the memory is too small.")
    return pending


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

    def start(number: int) -> Pending:
        slot = slots[number % len(slots)]
        return network.start(slot.picture, slot.out)

    return rate_of(start, network.slots, now_ns, budget_ns)


def rate_of(
    start: Callable[[int], Pending],
    at_once: int,
    now_ns: Callable[[], int],
    budget_ns: int,
) -> float:
    """Returns pictures a second, with `at_once` of them under way; at least four.

    As many go before and are not counted: the network as it is alone, without the gate,
    may have to be made ready for them, which takes seconds on a GPU.
    """
    for pending in [start(number) for number in range(at_once)]:
        pending.wait()
    flying: deque[Pending] = deque()
    begun_ns = now_ns()
    done = started = 0
    while done < 4 or now_ns() - begun_ns < budget_ns:
        flying.append(start(started))
        started += 1
        if len(flying) >= at_once:
            flying.popleft().wait()
            done += 1
    for pending in flying:
        pending.wait()
    return started / ((now_ns() - begun_ns) / 1e9)
