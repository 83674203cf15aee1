"""A stream that can be had before its time is played at its own speed."""

import pytest

from sources.live.network.pace import Pace
from tests.support.fakes import HandClock


def a_pace() -> tuple[Pace, HandClock]:
    clock = HandClock()
    pace = Pace(
        now=lambda: clock() / 1e9, sleep=lambda seconds: clock.advance(seconds=seconds)
    )
    return pace, clock


def test_pictures_appear_as_far_apart_as_they_were_taken() -> None:
    pace, clock = a_pace()
    shown = []

    for at in (7.0, 7.1, 7.5, 9.0):
        pace.wait_for(at)
        shown.append(clock() / 1e9)

    assert shown == pytest.approx([0, 0.1, 0.5, 2.0])


def test_a_picture_that_is_late_appears_at_once() -> None:
    pace, clock = a_pace()
    pace.wait_for(0)
    clock.advance(seconds=0.5)

    pace.wait_for(0.1)

    assert clock() / 1e9 == pytest.approx(0.5)


def test_a_jump_of_the_times_begins_anew() -> None:
    pace, clock = a_pace()
    pace.wait_for(0)

    pace.wait_for(100_000)
    pace.wait_for(100_001)

    assert clock() / 1e9 == pytest.approx(1)
