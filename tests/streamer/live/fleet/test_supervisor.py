"""A fleet of runs that stand for real ones; cameras are in `tests/live`."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest

from streamer.live.fleet.supervisor import Fleet
from tests.support.fakes import PassThrough
from tests.support.patience import PATIENCE_SECONDS, eventually
from tests.support.runs.live_runs import ARun


@contextmanager
def running(_network: Callable[[], object]) -> Iterator[Any]:
    yield ARun()


@contextmanager
def failing(_network: Callable[[], object]) -> Iterator[Any]:
    raise ValueError("wrong password")
    yield


@contextmanager
def ending(_network: Callable[[], object]) -> Iterator[Any]:
    run = ARun()
    run.stop()
    yield run


def test_a_fleet_of_which_no_stream_can_run_ends_as_failed() -> None:
    fleet = Fleet(PassThrough())

    reports = fleet.run({"gate": failing, "yard": failing})

    assert fleet.failed
    assert reports == {}
    assert fleet.errors == {"gate": "wrong password", "yard": "wrong password"}
    assert fleet.failing == {"gate", "yard"}


def test_a_fleet_ends_with_its_last_stream() -> None:
    fleet = Fleet(PassThrough())

    reports = fleet.run({"gate": ending, "yard": ending})

    assert reports.keys() == fleet.ended == {"gate", "yard"}
    assert (fleet.failed, fleet.stopped, fleet.runs) == (False,) * 3


def test_streams_come_and_go_while_the_others_run() -> None:
    fleet = Fleet(PassThrough(), stays=True)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(fleet.run, {"gate": running, "yard": running})
        eventually(lambda: fleet.runs)
        before = dict(fleet._members)

        told = fleet.change({"gate": running, "yard": ending, "roof": running})

        assert told == {"added": ["roof"], "removed": [], "changed": ["yard"]}
        assert fleet._members["gate"] is before["gate"]
        assert before["yard"].has_ended
        assert fleet.change({"gate": running})["removed"] == ["roof", "yard"]
        assert fleet.snapshots().keys() == {"gate"}
        fleet.stop()
        done.result(PATIENCE_SECONDS)

    assert fleet.stopped
    assert not fleet.failed


class Compiling(PassThrough):
    """Compiles for ever, until it is told to give up."""

    def __init__(self) -> None:
        super().__init__()
        self.given_up = Event()

    def cancel(self) -> None:
        self.given_up.set()


def test_a_fleet_that_is_stopped_gives_up_what_is_compiled() -> None:
    network = Compiling()

    @contextmanager
    def compiling(_network: Callable[[], object]) -> Iterator[Any]:
        run: Any = ARun()
        waited = run.run
        run.run = lambda: (waited(), network.given_up.wait(PATIENCE_SECONDS))
        yield run

    fleet = Fleet(network, stays=True)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(fleet.run, {"gate": compiling})
        eventually(lambda: fleet.runs)
        fleet.change({"gate": compiling, "yard": running})
        fleet.change({"gate": compiling})
        before = network.given_up.is_set()  # not for one stream that ends alone
        fleet.stop()
        done.result(PATIENCE_SECONDS)

    assert not before
    assert network.given_up.is_set()


def test_a_fleet_that_does_not_run_cannot_change() -> None:
    with pytest.raises(RuntimeError, match="for a fleet that runs"):
        Fleet(PassThrough()).change({"gate": running})
