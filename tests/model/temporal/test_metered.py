"""A network that is timed, and leaves out what it has no time for."""

import numpy as np
import pytest

from model.temporal.metered import LeftOut, MeteredNetwork, Taken
from tests.support.networks.by_hand import ByHand
from tests.support.patience import eventually

GROUND = np.full((24, 36, 3), 200, np.uint8)


def metered(
    network: ByHand, seconds: float | None = None, *, takes_all: bool = False
) -> MeteredNetwork:
    made = MeteredNetwork(network, lambda _ns: None, lambda: 0, seconds)
    made.takes_all = takes_all
    return made


def test_time_in_the_network_is_shared_among_those_that_came_before() -> None:
    network = ByHand()
    times: list[int] = []
    now = 0
    metered = MeteredNetwork(network, times.append, lambda: now)
    first = metered.start(GROUND, np.empty_like(GROUND))
    now = 10
    second = metered.start(GROUND, np.empty_like(GROUND))

    now = 50
    network.finish()
    first.wait()
    now = 90
    network.finish()
    second.wait()

    assert times == [50, 40]


def test_while_one_is_under_way_the_others_are_copied() -> None:
    network = ByHand()
    stream = metered(network)
    outs = [np.empty_like(GROUND) for _ in range(3)]

    pending = [stream.start(GROUND, out) for out in outs]
    was_busy = stream.busy
    network.finish()
    for each in pending:
        each.wait()
    eventually(lambda: not stream.busy)

    assert was_busy
    assert [type(each) for each in pending] == [Taken, LeftOut, LeftOut]
    assert [int(out.max()) for out in outs] == [0, 200, 200]
    assert [each.coverage for each in pending] == pytest.approx([100] * 3)


def test_one_that_rests_takes_none() -> None:
    network = ByHand()
    stream = metered(network)
    stream.rests = True
    out = np.empty_like(GROUND)

    stream.start(GROUND, out).wait()

    assert network.under_way == []
    assert np.array_equal(out, GROUND)


def test_a_result_that_is_late_is_not_waited_for() -> None:
    network = ByHand()
    stream = metered(network, seconds=0.0)
    out = np.empty_like(GROUND)

    pending = stream.start(GROUND, out)
    pending.wait()
    network.finish()
    eventually(lambda: not stream.busy)

    assert isinstance(pending, Taken)
    assert pending.late
    assert np.array_equal(out, GROUND)  # what comes later does not reach it


@pytest.mark.parametrize("takes_all", [True, False])
def test_an_error_is_that_of_who_waits(takes_all: bool) -> None:
    network = ByHand()
    stream = metered(network, takes_all=takes_all)
    pending = stream.start(GROUND, np.empty_like(GROUND))

    network.fail()

    with pytest.raises(RuntimeError, match="the device is lost"):
        pending.wait()
    eventually(lambda: not stream.busy)


def test_the_caller_may_use_its_picture_again_at_once() -> None:
    network = ByHand()
    stream = metered(network)
    picture, out = GROUND.copy(), np.empty_like(GROUND)

    pending = stream.start(picture, out)
    picture[:] = 0
    network.finish()
    pending.wait()

    assert pending.coverage == pytest.approx(100)


def test_it_closes_its_network_when_nothing_is_under_way() -> None:
    network = ByHand()
    stream = metered(network, takes_all=True)
    pending = stream.start(GROUND, np.empty_like(GROUND))
    network.finish()
    pending.wait()

    stream.close()

    assert network.closed
