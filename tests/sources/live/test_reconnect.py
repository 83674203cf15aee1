"""When a stream is tried again, and what it is said to be doing."""

from fractions import Fraction
from random import Random

import pytest

from sources.live.disconnect import Cause, DisconnectedError
from sources.live.reconnect import BackOff, Link, Patience, State, Status, stall_seconds
from tests.support.fakes import HandClock


def rng() -> Random:
    return Random(1)  # noqa: S311 - jitter, not security


def a_link() -> tuple[Link, HandClock, list[Status]]:
    clock, states = HandClock(), list[Status]()
    return Link(clock, rng(), states.append), clock, states


def test_waits_grow_from_one_second_to_thirty_with_jitter() -> None:
    back_off = BackOff(rng())

    waits = [back_off.seconds() for _ in range(12)]

    assert all(1 <= wait <= 30 for wait in waits)
    for wait, usual in zip(waits, [1, 2, 4, 8, 16, 30, 30], strict=False):
        assert usual * 0.8 <= wait <= usual * 1.2
    assert len(set(waits[6:])) > 1


def test_thirty_healthy_seconds_bring_back_the_short_wait() -> None:
    link, clock, _ = a_link()
    for _ in range(6):
        link.attempt()
        link.lost(DisconnectedError(Cause.REFUSED))
    link.attempt()
    link.picture()

    clock.advance(seconds=31)
    link.picture()

    assert link.lost(DisconnectedError(Cause.ENDED)) < 1.5


def test_a_stream_that_flaps_is_not_healthy() -> None:
    link, clock, _ = a_link()
    wait = 0.0
    for _ in range(6):
        link.attempt()
        link.picture()
        clock.advance(seconds=29)
        link.picture()
        wait = link.lost(DisconnectedError(Cause.ENDED))

    assert wait > 20


def test_states_and_causes_are_told_in_order() -> None:
    link, _, states = a_link()

    link.lost(DisconnectedError(Cause.REFUSED))
    link.attempt()
    link.picture()
    link.lost(DisconnectedError(Cause.STALLED))
    link.attempt()
    link.picture()

    assert [(s.state, s.cause) for s in states] == [
        (State.RECONNECTING, Cause.REFUSED),
        (State.CONNECTING, Cause.REFUSED),
        (State.STREAMING, None),
        (State.STALLED, Cause.STALLED),
        (State.RECONNECTING, Cause.STALLED),
        (State.STREAMING, None),
    ]
    assert link.reconnects == 1


@pytest.mark.parametrize("cause", [Cause.PASSWORD, Cause.NOT_FOUND])
def test_what_waiting_does_not_mend_ends_the_first_start(cause: Cause) -> None:
    link, _, _ = a_link()

    with pytest.raises(DisconnectedError):
        link.lost(DisconnectedError(cause))

    assert link.status.state is State.FAILED


@pytest.mark.parametrize("cause", [Cause.PASSWORD, Cause.NOT_FOUND])
def test_a_stream_that_once_worked_is_never_given_up(cause: Cause) -> None:
    link, _, _ = a_link()
    link.picture()

    assert link.lost(DisconnectedError(cause)) >= 1


@pytest.mark.parametrize(
    ("rate", "seconds"), [(None, 2.0), (Fraction(30), 2.0), (Fraction(1), 5.0)]
)
def test_a_slow_camera_may_be_silent_for_longer(
    rate: Fraction | None, seconds: float
) -> None:
    assert stall_seconds(rate) == seconds


def test_a_stall_limit_grows_until_a_camera_has_shown_its_rate() -> None:
    patience = Patience()
    assert patience.limit(0) == 2

    patience.stalled(pictures=1)
    patience.stalled(pictures=3)
    assert patience.limit(0) == 8
    patience.stalled(pictures=100)
    assert patience.limit(0) == 8
    assert patience.limit(25) == 25
    for _ in range(10):
        patience.stalled(pictures=0)
    assert patience.limit(0) == 60


def test_a_stall_limit_that_a_user_gave_stays() -> None:
    patience = Patience(3)

    patience.stalled(pictures=0)

    assert patience.limit(25) == 3


def test_an_opening_that_took_too_long_has_twice_the_time_from_then_on() -> None:
    patience = Patience()
    assert patience.opening(15) == 15

    patience.unanswered()
    patience.unanswered()

    assert patience.opening(15) == 30


def test_a_path_that_is_not_found_is_waited_for_by_the_patient() -> None:
    link = Link(HandClock(), rng())
    link.patient = True

    assert link.lost(DisconnectedError(Cause.NOT_FOUND)) > 0
    with pytest.raises(DisconnectedError):
        link.lost(DisconnectedError(Cause.PASSWORD))
