"""A network that need not take every picture of its stream."""

from concurrent.futures import Future
from threading import Thread

import cv2
import numpy as np
import pytest

from model.backends.base import BackendBase, FuturePending, Pending
from model.pictures.pixels import RgbArray
from model.temporal.sparse import SparseStream
from model.temporal.stream import TemporalStream
from tests.support.media.seen_planes import (
    derained,
    empty,
    film,
    on_device,
    planes_of,
)
from tests.support.networks.by_hand import ByHand
from tests.support.networks.halving import NV12
from tests.support.patience import PATIENCE_SECONDS

_RNG = np.random.default_rng(3)
_COARSE = _RNG.integers(40, 180, (16, 24, 3)).astype(np.uint8)
GROUND = np.asarray(cv2.resize(_COARSE, (192, 128)), np.uint8)


def rainy(number: int) -> RgbArray:
    """The ground with streaks that are elsewhere in each picture."""
    picture = GROUND.copy()
    for place in range(7):
        x = (number * 37 + place * 26) % 188
        cv2.line(picture, (x, 20 + 12 * place), (x + 1, 34 + 12 * place), (250,) * 3)
    return picture


def through(stream: SparseStream, frames: list[RgbArray]) -> list[RgbArray]:
    outs = [np.empty_like(frame) for frame in frames]
    started = [stream.start(a, b) for a, b in zip(frames, outs, strict=True)]
    stream.flush()
    for pending in started:
        pending.wait()
    return outs


@pytest.mark.slow
def test_a_network_that_is_busy_leaves_pictures_to_their_neighbours() -> None:
    network = ByHand()
    stream = SparseStream(network, gate="off")
    stream.sparse = True
    told: list[bool] = []
    stream.on_picture = told.append
    frames = [rainy(n) for n in range(8)]
    outs = [np.empty_like(frame) for frame in frames]

    started = [stream.start(a, b) for a, b in zip(frames, outs, strict=True)]
    stream.flush()
    assert len(network.given) == 1
    network.finish()
    for pending in started:
        pending.wait()

    assert told == [True] + 7 * [False]
    for number in range(2, 6):
        before = np.abs(frames[number].astype(int) - GROUND).mean()
        assert np.abs(outs[number].astype(int) - GROUND).mean() < before / 5


@pytest.mark.slow
def test_a_network_that_is_free_takes_the_next_picture_again() -> None:
    network = ByHand()
    stream = SparseStream(network, gate="off")
    stream.sparse = True
    told: list[bool] = []
    stream.on_picture = told.append
    started: list[Pending] = []

    for number in range(14):
        started.append(stream.start(rainy(number), np.empty_like(GROUND)))
        if number % 4 == 3:
            network.finish()
            for pending in started[:-3]:
                pending.wait()
            del started[:-3]
    stream.flush()
    network.finish()
    for pending in started:
        pending.wait()

    assert [number for number, taken in enumerate(told) if taken] == [0, 2, 6, 10]


@pytest.mark.slow
def test_while_it_takes_all_the_result_is_that_of_the_stream_itself() -> None:
    frames = [rainy(n) for n in range(5)]

    class Half(BackendBase):
        def start(self, picture: RgbArray, out: RgbArray) -> Pending:
            np.copyto(out, picture // 2)
            done: Future[None] = Future()
            done.set_result(None)
            return FuturePending(done)

    plain = TemporalStream(Half(), temporal="causal", gate="auto")
    alone = [np.empty_like(frame) for frame in frames]
    for frame, out in zip(frames, alone, strict=True):
        plain.start(frame, out).wait()

    outs = through(SparseStream(Half(), temporal="causal", gate="auto"), frames)

    assert all(np.array_equal(a, b) for a, b in zip(outs, alone, strict=True))


def test_while_it_takes_all_the_device_looks_at_neighbours_and_after_it_the_host() -> (
    None
):
    shown = [planes_of(frame) for frame in film(6)]
    plain = TemporalStream(on_device(), temporal="causal", gate="auto")
    stream = SparseStream(on_device(), temporal="causal", gate="auto")
    assert stream.takes_planes

    made = derained(stream, shown)

    for one, expected in zip(made, derained(plain, shown), strict=True):
        assert np.array_equal(one.luma, expected.luma)
        assert np.array_equal(one.cb, expected.cb)
    stream.sparse = True
    assert stream.start_planes(shown[0], NV12, empty(shown[0].luma.shape), NV12) is None
    stream.close()


def test_a_picture_waits_for_its_later_neighbours_and_no_longer() -> None:
    stream = SparseStream(ByHand(), gate="off")
    stream.sparse = stream.hurried = True
    out = np.empty_like(GROUND)
    pending = stream.start(rainy(0), out)
    waiting = Thread(target=pending.wait, daemon=True)
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()

    stream.start(rainy(1), np.empty_like(GROUND))
    stream.start(rainy(2), np.empty_like(GROUND))

    waiting.join(PATIENCE_SECONDS)
    assert not waiting.is_alive()


def test_a_stream_that_pauses_gives_up_the_pictures_that_wait() -> None:
    stream = SparseStream(ByHand(), gate="off")
    stream.sparse = stream.hurried = True
    outs = [np.empty_like(GROUND) for _ in range(2)]
    started = [stream.start(rainy(n), out) for n, out in enumerate(outs)]

    stream.flush()

    for pending, out, number in zip(started, outs, range(2), strict=True):
        pending.wait()
        assert np.array_equal(out, rainy(number))


def test_what_the_network_is_late_with_leaves_as_its_neighbours_make_it() -> None:
    network = ByHand()
    stream = SparseStream(network, gate="off", seconds=0.0)
    stream.sparse = True
    told: list[bool] = []
    stream.on_picture = told.append

    pending = stream.start(rainy(0), out := np.empty_like(GROUND))
    stream.flush()
    pending.wait()
    network.finish()

    assert told == [False]
    assert np.array_equal(out, rainy(0))


def test_an_error_of_the_network_is_that_of_its_picture() -> None:
    network = ByHand()
    stream = SparseStream(network, gate="off")
    stream.sparse = True
    pending = stream.start(rainy(0), np.empty_like(GROUND))
    stream.flush()

    network.under_way[0][1].set_exception(RuntimeError("no memory"))

    with pytest.raises(RuntimeError, match="no memory"):
        pending.wait()


@pytest.mark.slow
def test_the_gate_knows_what_the_network_found_while_it_takes_some() -> None:
    """Pictures between would look dry, and the gate close in rain."""
    network = ByHand()
    stream = SparseStream(network, gate="auto", seconds=None)
    stream.sparse = True
    frames = [GROUND] * 20
    outs = [np.empty_like(frame) for frame in frames]
    started = [stream.start(a, b) for a, b in zip(frames, outs, strict=True)]
    stream.flush()
    network.finish()

    for pending in started:
        pending.wait()

    assert started[-1].coverage == started[0].coverage == 100.0
    assert not started[-1].untouched
