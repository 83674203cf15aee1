"""What outputs share whose packets a child sends on: waiting, with limits."""

from collections.abc import Callable

import pytest

from sinks.live.worker import fed_output
from sinks.live.worker.child import Child
from sinks.live.worker.fed_output import FedOutput
from sinks.live.worker.stream_feed import StreamFeed
from sinks.packets import Encoded
from tests.support.fakes import HandClock

FIRST = Encoded(b"key", 0, key=True)


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fed_output, "_LOOK_SECONDS", 0.001)


class Feeding:
    """A child that is as the test says, and changes each time it is looked at."""

    def __init__(self, on_look: Callable[["Feeding"], None]) -> None:
        self.error = ""
        self.replaced = 0
        self.is_there = False
        self._on_look = on_look

    @property
    def connected(self) -> bool:
        self._on_look(self)
        return self.is_there


class Output(FedOutput):
    """Has the child of the test."""

    def __init__(self, child: Feeding, clock: HandClock) -> None:
        self.feed = StreamFeed()
        super().__init__("x", "rtsp", self.feed, now_ns=clock)
        self._child = child

    @property
    def child(self) -> Child:
        return self._child  # type: ignore[return-value] # it has what is asked for


def test_a_server_that_takes_the_stream_is_waited_for() -> None:
    looks = iter([False, False, True])

    def look(child: Feeding) -> None:
        child.is_there = next(looks)

    output = Output(Feeding(look), HandClock())
    output.send(FIRST)

    assert output.await_server(FIRST)
    assert output.sent == 1


def test_a_server_that_does_not_come_within_its_time_is_given_up() -> None:
    clock = HandClock()
    output = Output(Feeding(lambda _child: clock.advance(seconds=10)), clock)

    assert not output.await_server(FIRST)


def test_three_children_in_a_row_are_enough() -> None:
    def look(child: Feeding) -> None:
        child.replaced += 3

    assert not Output(Feeding(look), HandClock()).await_server(FIRST)


def test_a_child_that_is_replaced_gets_the_first_picture_anew() -> None:
    looks = iter([False, True])

    def look(child: Feeding) -> None:
        child.is_there = next(looks)

    output = Output(Feeding(look), HandClock())
    output.feed.want_key()

    assert output.await_server(FIRST)
    assert output.feed.get(0) == FIRST


@pytest.mark.parametrize("arrives", [True, False])
def test_what_is_on_its_way_is_waited_for_but_not_for_ever(arrives: bool) -> None:
    clock = HandClock()
    looks = []

    def look(child: Feeding) -> None:
        child.is_there = True
        looks.append(1)
        clock.advance(seconds=2)
        if arrives and len(looks) == 2:
            output.feed.answered()

    output = Output(Feeding(look), clock)
    output.send(FIRST)
    output.feed.get(0)

    output.drain()

    assert len(looks) == (2 if arrives else 3)


def test_where_nobody_takes_it_nothing_is_waited_for() -> None:
    output = Output(Feeding(lambda _child: None), HandClock())
    output.send(FIRST)

    output.drain()

    assert output.arrived == 0
