import time
from fractions import Fraction

import numpy as np
import pytest

from sources.channel import Channel, Stopped
from sources.frame import Colour, Frame
from streamer.pipeline.buffers import slot_pool
from streamer.pipeline.scheduler import Scheduler
from tests.conftest import Clip, picture_of
from tests.support.fakes import PassThrough


def frames(count: int, clip: Clip | None = None) -> Channel[Frame]:
    channel: Channel[Frame] = Channel(count)
    for index in range(count):
        channel.put(
            Frame(
                picture=picture_of(clip or Clip(), index),
                index=index,
                pts=index,
                time_base=Fraction(1, 25),
                colour=Colour(),
            )
        )
    channel.end()
    return channel


@pytest.mark.parametrize("slots", [1, 2, 3])
def test_results_come_in_the_order_of_the_frames(slots: int) -> None:
    free = slot_pool(slots)
    scheduler = Scheduler(PassThrough(slots=slots), free, time.monotonic_ns)
    seen = []

    for flight in scheduler.run(frames(20)):
        seen.append(flight.frame.index)
        assert np.array_equal(flight.slot.out, flight.slot.picture)
        free.put(flight.slot)

    assert seen == list(range(20))


def test_no_more_pictures_are_in_flight_than_there_are_slots() -> None:
    network = PassThrough(slots=2)
    free = slot_pool(3)
    results = Scheduler(network, free, time.monotonic_ns).run(frames(20))

    next(results)

    assert network.pictures == 2


def test_a_result_does_not_wait_for_the_next_frame_to_come() -> None:
    coming: Channel[Frame] = Channel(2)
    coming.put(frames(1).get())
    results = Scheduler(PassThrough(slots=2), slot_pool(2), time.monotonic_ns)

    first = next(results.run(coming))

    assert first.frame.index == 0


def test_buffers_are_reused() -> None:
    free = slot_pool(2)
    scheduler = Scheduler(PassThrough(slots=2), free, time.monotonic_ns)
    buffers = set()

    for flight in scheduler.run(frames(12)):
        buffers.add(id(flight.slot.out))
        free.put(flight.slot)

    assert len(buffers) == 2


def test_a_picture_of_another_size_gets_buffers_of_its_size() -> None:
    free = slot_pool(1)
    scheduler = Scheduler(PassThrough(slots=1), free, time.monotonic_ns)
    shapes = []

    for clip in (Clip(), Clip(size=(32, 32)), Clip(pixel_format="yuv420p10le")):
        for flight in scheduler.run(frames(1, clip)):
            shapes.append((flight.slot.out.shape, flight.slot.out.dtype.itemsize))
            free.put(flight.slot)

    assert shapes == [((48, 64, 3), 1), ((32, 32, 3), 1), ((48, 64, 3), 2)]


def test_nobody_returning_slots_ends_the_scheduler() -> None:
    free = slot_pool(1)
    scheduler = Scheduler(PassThrough(slots=1), free, time.monotonic_ns)
    results = scheduler.run(frames(3))
    next(results)

    free.stop()

    with pytest.raises(Stopped):
        next(results)
