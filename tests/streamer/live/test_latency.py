"""Old frames do not reach the network."""

from dataclasses import replace
from fractions import Fraction

import av
import pytest

from sources.frame import Colour, Frame
from sources.live.timestamps import TIME_BASE, Restamper
from streamer.live.latency import LatencyBudget
from tests.support.fakes import HandClock

MS = 1_000_000


def a_frame(clock: HandClock, *, own_ms: int, late_ns: int | None = None) -> Frame:
    return Frame(
        picture=av.VideoFrame(16, 16, "yuv420p"),
        index=0,
        pts=own_ms,
        time_base=Fraction(1, 1000),
        colour=Colour(),
        arrived_ns=clock(),
        late_ns=late_ns,
    )


def lost_of(came: list[tuple[float, float]]) -> list[int]:
    """Returns which pictures are late, given the camera's seconds and the arrival's."""
    clock = HandClock()
    line, budget, lost = Restamper(), LatencyBudget(200, clock), []
    for index, (own, wall) in enumerate(came):
        clock.advance(seconds=wall - clock() / 1e9)
        pts = line.place(round(own * 90_000), clock())
        frame = replace(
            a_frame(clock, own_ms=0, late_ns=line.late_ns),
            pts=pts,
            time_base=TIME_BASE,
        )
        if not budget.admits(frame):
            lost.append(index)
    return lost


@pytest.mark.parametrize(("waited", "fresh"), [(0.199, True), (0.201, False)])
def test_a_frame_that_waited_longer_than_the_budget_is_refused(
    waited: float, fresh: bool
) -> None:
    clock = HandClock()
    frame = a_frame(clock, own_ms=0)

    clock.advance(seconds=waited)

    assert LatencyBudget(200, clock).admits(frame) is fresh


def test_a_burst_after_a_hitch_is_refused_until_it_has_caught_up() -> None:
    clock = HandClock()
    budget = LatencyBudget(200, clock)
    for at in range(0, 1000, 40):
        assert budget.admits(a_frame(clock, own_ms=at))
        clock.advance(seconds=0.04)

    clock.advance(seconds=0.96)  # the network hangs, then all comes at once
    admitted = [
        budget.admits(a_frame(clock, own_ms=at)) for at in range(1000, 2001, 40)
    ]

    assert admitted == [False] * 19 + [True] * 7


def test_a_clock_that_drifts_makes_no_frame_late() -> None:
    clock = HandClock()
    budget = LatencyBudget(200, clock)

    for at in range(0, 600_000, 40):  # ten minutes of a clock that is 1 % slow
        assert budget.admits(a_frame(clock, own_ms=at * 99 // 100))
        clock.advance(seconds=0.04)


def test_a_source_that_knows_that_a_frame_is_in_time_is_heard() -> None:
    clock = HandClock()
    budget = LatencyBudget(200, clock)
    assert budget.admits(a_frame(clock, own_ms=0, late_ns=0))

    clock.advance(seconds=1)

    assert budget.admits(a_frame(clock, own_ms=100, late_ns=0))
    assert not budget.admits(a_frame(clock, own_ms=100, late_ns=900 * MS))


@pytest.mark.parametrize("rate", [5, 10, 25])
@pytest.mark.parametrize("stood", [0.4, 1.5])
def test_a_camera_that_stood_still_with_its_clock_costs_under_a_second(
    rate: int, stood: float
) -> None:
    at = 10 * rate
    came = [(i / rate, i / rate + stood * (i >= at)) for i in range(30 * rate)]

    lost = lost_of(came)

    assert lost == list(range(at, at + len(lost)))
    assert 0 < len(lost) / rate < 1


def test_a_burst_at_the_connect_costs_no_picture_after_it() -> None:
    burst = [(i / 25, i / 1000) for i in range(25)]

    assert lost_of(burst + [(1 + i / 25, 0.06 + i / 25) for i in range(500)]) == []


def test_a_hitch_costs_what_it_held_back_and_nothing_after_it() -> None:
    """38 pictures are held back for up to 1.5 s, and come within 30 ms."""
    came = [(i / 25, i / 25) for i in range(250)]
    came += [(10 + i / 25, 11.5 + i / 1250) for i in range(38)]
    came += [(11.52 + i / 25, 11.53 + i / 25) for i in range(500)]

    lost = lost_of(came)

    assert lost == list(range(250, 250 + len(lost)))
    assert 20 < len(lost) < 38


@pytest.mark.parametrize("share", [0.5, 0.8, 0.9])
def test_a_network_that_carries_less_than_comes_is_late(share: float) -> None:
    came = [(i / 25, max(i / 25, 10 + (i / 25 - 10) / share)) for i in range(750)]

    assert len(lost_of(came)) > 200
