"""One stream of a fleet, with a run that stands for a real one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from streamer.live.fleet.hours import ActiveHours
from streamer.live.fleet.member import Member
from tests.support.fakes import PassThrough
from tests.support.patience import PATIENCE_SECONDS, eventually
from tests.support.runs.live_runs import ARun

NIGHT = datetime(2026, 11, 27, 23, 0).astimezone()


class AnOpener:
    """Opens a run, or fails as often as it is asked."""

    def __init__(self, error: str = "") -> None:
        self.error, self.opened = error, 0
        self.run = ARun()

    @contextmanager
    def __call__(self, network: Callable[[], object]) -> Iterator[Any]:
        self.opened += 1
        if self.error:
            raise ValueError(self.error)
        yield self.run


def a_member(opener: AnOpener, hours: ActiveHours | None = None) -> Member:
    return Member("gate", opener, PassThrough, hours)


def end(member: Member) -> None:
    member.stop()
    member.stop()
    member.join(PATIENCE_SECONDS)
    assert member.has_ended


def test_before_it_starts_it_is_starting() -> None:
    member = a_member(AnOpener())

    assert member.snapshot().state == "starting"
    assert (member.is_alive, member.has_ended, member.failed) == (False,) * 3


def test_a_run_goes_on_until_it_is_stopped_and_its_counts_stay() -> None:
    opener = AnOpener()
    member = a_member(opener)

    member.start()
    eventually(lambda: member.snapshot().state == "streaming")
    end(member)

    shot = member.snapshot()
    assert (shot.state, shot.frames_out, shot.fps_out) == ("ended", 1, 0)
    assert member.report is not None
    assert (member.error, member.has_run, opener.opened) == ("", True, 1)


def test_a_run_that_comes_to_its_end_is_not_begun_again() -> None:
    opener = AnOpener()
    opener.run.stop()
    member = a_member(opener)

    member.start()
    eventually(lambda: member.has_ended)

    assert (member.snapshot().state, opener.opened) == ("ended", 1)


def test_an_error_is_kept_in_one_line_without_its_password() -> None:
    member = a_member(AnOpener("rtsp://u:geheim@h/x:\nno answer"))

    member.start()
    eventually(lambda: member.failed)

    assert member.error == "rtsp://u:***@h/x: no answer"
    assert member.snapshot().cause == member.error
    end(member)
    assert member.snapshot().state == "failed"


@pytest.mark.parametrize("span", ["06:00-22:00", "00:00-23:00"])
def test_outside_its_hours_nothing_is_opened(span: str) -> None:
    opener = AnOpener()
    member = a_member(opener, ActiveHours.of(span, lambda: NIGHT))

    member.start()
    eventually(lambda: member.snapshot().state == "parked")
    end(member)

    assert opener.opened == 0


def test_a_run_ends_when_its_hours_do() -> None:
    moment = NIGHT
    opener = AnOpener()
    member = a_member(opener, ActiveHours.of("22:00-24:00", lambda: moment))
    member.start()
    eventually(lambda: member.snapshot().state == "streaming")

    member.park_in_time()
    assert member.snapshot().state == "streaming"
    moment = NIGHT.replace(hour=0)
    member.park_in_time()

    eventually(lambda: member.snapshot().state == "parked")
    end(member)
