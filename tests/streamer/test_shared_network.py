"""Streams that share a network do not disturb one another."""

from threading import Event

import numpy as np
import pytest

from sources.frame import RgbArray
from streamer.shared_network import Sharing
from tests.fakes import FakePending, PassThrough


def picture(level: int) -> RgbArray:
    return np.full((8, 8, 3), level, np.uint8)


def test_each_stream_gets_its_own_result() -> None:
    sharing = Sharing(PassThrough(slots=2, seconds=0.01))
    parts = [sharing.part() for _ in range(3)]
    outs = [picture(0) for _ in range(12)]

    waiting = [
        parts[index % 3].start(picture(index), out) for index, out in enumerate(outs)
    ]
    for pending in waiting:
        pending.wait()

    assert [int(out[0, 0, 0]) for out in outs] == list(range(12))


def test_results_that_nobody_fetches_hold_up_nobody() -> None:
    sharing = Sharing(PassThrough(slots=2))
    lazy, busy = sharing.part(), sharing.part()
    for _ in range(2):
        lazy.start(picture(1), picture(0))

    for _ in range(20):
        busy.start(picture(2), picture(0)).wait()


class Breaking(PassThrough):
    """Fails on pictures of level 13."""

    def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
        def fail() -> None:
            raise RuntimeError("13")

        return (
            FakePending(fail) if picture[0, 0, 0] == 13 else super().start(picture, out)
        )


def test_a_fault_reaches_only_its_own_stream() -> None:
    sharing = Sharing(Breaking(slots=1))
    one, other = sharing.part(), sharing.part()

    for _ in range(5):
        with pytest.raises(RuntimeError, match="13"):
            one.start(picture(13), picture(0)).wait()
        other.start(picture(2), picture(0)).wait()


def test_never_more_pictures_at_once_than_the_network_takes() -> None:
    going = Event()
    running: list[int] = []
    most: list[int] = []

    class Counting(PassThrough):
        def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
            running.append(1)
            most.append(len(running))

            def work() -> None:
                going.wait(0.01)
                running.pop()

            return FakePending(work)

    sharing = Sharing(Counting(slots=2))
    parts = [sharing.part() for _ in range(4)]
    waiting = [parts[i % 4].start(picture(0), picture(0)) for i in range(16)]
    for pending in waiting:
        pending.wait()

    assert max(most) <= 2
