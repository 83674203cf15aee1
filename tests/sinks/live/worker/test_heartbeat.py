"""When a child counts as stuck."""

import pytest

from sinks.live.worker.heartbeat import (
    CONNECT_SECONDS,
    PACKET_SECONDS,
    START_SECONDS,
    Heartbeat,
)
from tests.support.fakes import HandClock


def a_pulse(*words: str) -> tuple[Heartbeat, HandClock]:
    clock = HandClock()
    pulse = Heartbeat(clock)
    for word in words:
        pulse.heard(word)
    return pulse, clock


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ((), START_SECONDS),
        (("run",), CONNECT_SECONDS),
        (("run", "up"), PACKET_SECONDS),
    ],
)
def test_each_state_has_its_limit(words: tuple[str, ...], limit: float) -> None:
    pulse, clock = a_pulse(*words)
    if words:
        pulse.fed()

    clock.advance(seconds=limit - 0.01)
    assert not pulse.overdue
    clock.advance(seconds=0.02)
    assert pulse.overdue


def test_a_child_that_has_nothing_to_do_may_be_silent() -> None:
    pulse, clock = a_pulse("run", "up")
    pulse.fed()
    pulse.heard("done")

    clock.advance(seconds=3600)

    assert not pulse.overdue


def test_a_child_that_answers_slowly_but_goes_on_is_left_alone() -> None:
    pulse, clock = a_pulse("run", "up")

    for _ in range(20):
        pulse.fed()
        pulse.fed()
        clock.advance(seconds=2)
        pulse.heard("done")
        assert not pulse.overdue


def test_a_packet_after_a_long_silence_has_its_full_time() -> None:
    pulse, clock = a_pulse("run", "up")

    clock.advance(seconds=3600)
    pulse.fed()

    assert not pulse.overdue
