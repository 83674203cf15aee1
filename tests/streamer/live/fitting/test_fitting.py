"""A run whose network is too slow, picture by picture, on a clock by hand."""

from concurrent.futures import Future

import numpy as np
import pytest

from model.backends.base import BackendBase, FuturePending, Pending
from model.temporal.sparse import SparseStream
from sources.frame import RgbArray
from streamer.live.fitting.fitting import Fitting
from tests.support.fakes import HandClock, PassThrough
from tests.support.patience import eventually

INTERVAL = 0.04
PICTURE = np.full((64, 64, 3), 90, np.uint8)


class Slow(BackendBase):
    """A network that is done after so many more pictures of the camera."""

    def __init__(self, pictures: int) -> None:
        self._pictures = pictures
        self._left = 0
        self._done: Future[None] = Future()

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        assert not self._left, "one at a time"
        np.copyto(out, picture)
        self._left, self._done = self._pictures, Future()
        return FuturePending(self._done)

    def tick(self) -> bool:
        """One more came; returns whether the network is done with its own."""
        if not self._left:
            return False
        self._left -= 1
        if not self._left:
            self._done.set_result(None)
        return not self._left


class Run:
    """What `LivePipeline` does with its `Fitting`, on one thread."""

    def __init__(self, network: Slow) -> None:
        self.clock, self.slow = HandClock(), network
        self.fitting = Fitting(network, wanted=True, now_ns=self.clock)
        self.waiting: list[Pending] = []
        self.dropped = self.made = 0
        self.sparse = False

    def runs(self, *, seconds: float) -> None:
        for _ in range(round(seconds / INTERVAL)):
            self.clock.advance(seconds=INTERVAL)
            self.fitting.control.came()
            self.fitting.prepare()
            if self.slow.tick():
                self._take()
            if len(self.waiting) >= self.fitting.under_way:
                self.dropped += 1
                continue
            start = self.fitting.network.start
            self.waiting.append(start(PICTURE, np.empty_like(PICTURE)))

    def _take(self) -> None:
        """All but two are ready, which wait for their later neighbours.

        While the network takes all there is one.
        """
        stream = self.fitting.network
        assert isinstance(stream, SparseStream)
        eventually(lambda: not stream.busy)
        count = len(self.waiting) - 2 if self.sparse else 1
        for pending in self.waiting[:count]:
            pending.wait()
            self.made += 1
        del self.waiting[:count]
        self.sparse = self.fitting.active


@pytest.mark.slow
def test_every_picture_is_made_as_soon_as_the_network_is_known_to_be_slow() -> None:
    run = Run(Slow(8))
    run.runs(seconds=4)
    assert run.fitting.active
    dropped, made = run.dropped, run.made

    run.runs(seconds=8)

    assert run.dropped == dropped
    assert run.made - made >= 8 / INTERVAL - run.fitting.most_under_way
    status = run.fitting.status
    assert "every 8th picture" in status.text
    (note,) = run.fitting.notes
    assert note.startswith("the network was too slow for ")


def test_what_is_not_wanted_changes_nothing() -> None:
    network = PassThrough(slots=3)
    fitting = Fitting(network, wanted=False, now_ns=HandClock())

    fitting.prepare()
    fitting.hurry(3)
    fitting.rest(0)
    fitting.flush()

    assert fitting.network is network
    assert (fitting.room, fitting.under_way, fitting.most_under_way) == (1, 3, 3)
    assert not fitting.active
    assert fitting.notes == ()


@pytest.mark.slow
def test_pictures_that_are_late_go_without_the_network() -> None:
    run = Run(Slow(4))
    run.runs(seconds=4)
    taken = run.fitting.control.taken

    run.fitting.hurry(1)
    run.runs(seconds=4)

    assert run.fitting.control.taken <= taken + 1
