"""Old frames do not reach the network."""

from fractions import Fraction

import av
import pytest

from sources.frame import Colour, Frame
from streamer.live.latency import LatencyBudget
from tests.support.fakes import HandClock

MS = 1_000_000


def a_frame(clock: HandClock, *, own_ms: int) -> Frame:
    return Frame(
        picture=av.VideoFrame(16, 16, "yuv420p"),
        index=0,
        pts=own_ms,
        time_base=Fraction(1, 1000),
        colour=Colour(),
        arrived_ns=clock(),
    )


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
