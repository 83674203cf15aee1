"""Frames started on their way, and the network measured alone."""

import pytest

from streamer.pipeline.buffers import Slot
from streamer.pipeline.submit import frames_per_second_alone
from tests.support.fakes import HandClock, PassThrough


def a_slot() -> Slot:
    slot = Slot()
    slot.fit(16, 16, deep=False)
    return slot


def test_the_network_alone_is_measured_by_the_clock() -> None:
    clock = HandClock()
    network = PassThrough(slots=1, on_start=lambda: clock.advance(seconds=0.1))

    fps = frames_per_second_alone(network, [a_slot()], clock, budget_ns=1_000_000_000)

    assert fps == pytest.approx(10, rel=0.01)


def test_what_the_network_alone_is_made_ready_for_is_not_measured() -> None:
    clock = HandClock()
    network = PassThrough(slots=2)

    def started() -> None:
        clock.advance(seconds=3.3 if network.pictures == 1 else 0.01)

    network = PassThrough(slots=2, on_start=started)

    fps = frames_per_second_alone(
        network, [a_slot(), a_slot()], clock, budget_ns=2_000_000_000
    )

    assert fps == pytest.approx(100, rel=0.01)
