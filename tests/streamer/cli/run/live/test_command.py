"""The first signal completes the output, the second ends the run at once."""

import os
import signal
from types import SimpleNamespace

import pytest

from streamer.cli.run.live.command import signals_stop
from tests.support.fakes import HandClock


class ARun:
    """Counts how often it is told to end."""

    def __init__(self) -> None:
        self.stops = 0

    @property
    def stopped(self) -> bool:
        return self.stops > 0

    def stop(self) -> None:
        self.stops += 1


class EndedError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    """A clock by hand, and an end of the process that the test outlives."""

    def end(status: int) -> None:
        raise EndedError(status)

    clock = HandClock()
    clock.advance(seconds=1000)
    seconds = SimpleNamespace(monotonic=lambda: clock() / 1e9)
    monkeypatch.setattr("streamer.cli.run.live.command.time", seconds)
    monkeypatch.setattr(os, "_exit", end)
    return clock


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_stops_the_run_and_says_so(
    clock: HandClock, kind: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    run, before = ARun(), signal.getsignal(kind)

    with signals_stop(run, "completing the film"):
        signal.raise_signal(kind)

    assert run.stops == 1
    assert capsys.readouterr().err == (
        "derain: completing the film; once more to end at once\n"
    )
    assert signal.getsignal(kind) is before


def test_the_same_signal_that_comes_twice_is_one(clock: HandClock) -> None:
    run = ARun()

    with signals_stop(run):
        signal.raise_signal(signal.SIGTERM)
        clock.advance(seconds=0.29)
        signal.raise_signal(signal.SIGINT)

    assert run.stops == 1


def test_a_second_signal_ends_the_process_with_130(clock: HandClock) -> None:
    run = ARun()

    with signals_stop(run):
        signal.raise_signal(signal.SIGINT)
        clock.advance(seconds=0.31)
        with pytest.raises(EndedError, match="130"):
            signal.raise_signal(signal.SIGINT)
