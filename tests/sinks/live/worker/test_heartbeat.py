"""When a child counts as stuck."""

import pytest

from sinks.live.worker.heartbeat import (
    CONNECT_SECONDS,
    PACKET_SECONDS,
    START_SECONDS,
    Heartbeat,
)
from tests.support.fakes import HandClock


def a_heartbeat(*words: str) -> tuple[Heartbeat, HandClock]:
    clock = HandClock()
    heartbeat = Heartbeat(clock)
    for word in words:
        heartbeat.heard(word)
    return heartbeat, clock


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ((), START_SECONDS),
        (("run",), CONNECT_SECONDS),
        (("run", "up"), PACKET_SECONDS),
    ],
)
def test_each_state_has_its_limit(words: tuple[str, ...], limit: float) -> None:
    heartbeat, clock = a_heartbeat(*words)
    if words:
        heartbeat.fed()

    clock.advance(seconds=limit - 0.01)
    assert not heartbeat.overdue
    clock.advance(seconds=0.02)
    assert heartbeat.overdue


def test_a_child_that_has_nothing_to_do_may_be_silent() -> None:
    heartbeat, clock = a_heartbeat("run", "up")
    heartbeat.fed()
    heartbeat.heard("done")

    clock.advance(seconds=3600)

    assert not heartbeat.overdue


def test_a_child_that_answers_slowly_but_goes_on_is_left_alone() -> None:
    heartbeat, clock = a_heartbeat("run", "up")

    for _ in range(20):
        heartbeat.fed()
        heartbeat.fed()
        clock.advance(seconds=2)
        heartbeat.heard("done")
        assert not heartbeat.overdue


def test_a_packet_after_a_long_silence_has_its_full_time() -> None:
    heartbeat, clock = a_heartbeat("run", "up")

    clock.advance(seconds=3600)
    heartbeat.fed()

    assert not heartbeat.overdue
