"""Whether a network keeps the camera's rate is counted, and what helps is said once."""

import logging
from fractions import Fraction
from pathlib import Path

import pytest

from streamer.live.pace import PaceWatch
from streamer.network.auto import LighteningNetwork
from streamer.network.contention import ProcessorTimes
from streamer.network.pace_memory import Pace, PaceMemory
from tests.support.fakes import HandClock, PassThrough


@pytest.fixture(autouse=True)
def _weights_ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.lighter.shipped_weights", lambda name: Path(name))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


class Lite(PassThrough):
    """Has the light network's name."""

    model = "mspfn-lite"


class Tiny(PassThrough):
    """Has the name of the one that is lighter still."""

    model = "mspfn-tiny"


def watch_for(
    watch: PaceWatch, clock: HandClock, *, seconds: int, came: int, missed: int
) -> None:
    """So many pictures a second come, and the network misses so many of them."""
    for second in range(seconds + 1):
        watch.look(came=came * second, missed=missed * second)
        clock.advance(seconds=1)


def test_a_network_that_is_too_slow_is_told_once_with_what_helps(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = HandClock()
    watch = PaceWatch("cam", Lite(), clock)

    watch_for(watch, clock, seconds=30, came=25, missed=21)

    assert [record.getMessage() for record in caplog.records] == [
        "source=cam mspfn-lite takes 4.0 of 25.0 pictures a second; --model "
        "mspfn-tiny, or auto, helps: mspfn-tiny, which should take about 18 and not "
        "keep up"
    ]


def test_a_lighter_network_that_is_quick_enough_is_said_to_keep_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = HandClock()

    watch_for(PaceWatch("cam", Lite(), clock), clock, seconds=8, came=15, missed=10)

    assert "about 22 and keep up" in caplog.text


@pytest.mark.parametrize(("came", "missed"), [(25, 3), (1, 0)])
def test_a_few_missed_pictures_are_no_reason(
    caplog: pytest.LogCaptureFixture, came: int, missed: int
) -> None:
    clock = HandClock()

    watch = PaceWatch("cam", Lite(), clock)
    watch_for(watch, clock, seconds=30, came=came, missed=missed)

    assert not caplog.records


def test_pictures_missed_while_the_first_size_was_compiled_do_not_count(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = HandClock()
    watch = PaceWatch("cam", Lite(), clock)

    watch.look(came=100, missed=99)
    for second in range(1, 20):
        clock.advance(seconds=1)
        watch.look(came=100 + 25 * second, missed=99)

    assert not caplog.records


def test_nothing_is_said_of_a_network_for_which_there_is_no_lighter_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = HandClock()

    watch_for(PaceWatch("cam", Tiny(), clock), clock, seconds=20, came=25, missed=20)

    assert not caplog.records


def test_a_run_that_may_choose_goes_on_with_the_lighter_network(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    clock = HandClock()
    memory = PaceMemory("key")
    network = LighteningNetwork(Lite(), lambda _name: Tiny(), memory)

    watch = PaceWatch("cam", network, clock)
    watch_for(watch, clock, seconds=8, came=25, missed=20)
    network.close()

    [record] = [r for r in caplog.records if r.name == "derain.live"]
    assert record.getMessage() == (
        "source=cam mspfn-lite takes 5.0 of 25.0 pictures a second; going on with "
        "mspfn-tiny, which should take about 22 and not keep up"
    )


class Asked(PassThrough):
    """Notes what it was told and asked for."""

    model = running = "mspfn-lite"

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []
        self.paces: list[Pace] = []

    def expect(self, rate: float) -> None:
        self.rates.append(rate)

    def lighten(self, pace: Pace) -> bool:
        self.paces.append(pace)
        return True


def test_the_network_is_told_once_how_many_pictures_will_come() -> None:
    network, clock = Asked(), HandClock()
    watch = PaceWatch("cam", network, clock)

    watch.expect(Fraction(25), 8)
    watch.expect(Fraction(30), None)
    PaceWatch("of unknown rate", network, clock).expect(None, None)

    assert network.rates == [8.0]


@pytest.mark.parametrize("others", [0.1, 1.0])
def test_what_was_missed_is_told_with_whether_others_kept_the_processor_busy(
    others: float,
) -> None:
    network, clock = Asked(), HandClock()

    def times() -> ProcessorTimes:
        seconds = clock() / 1e9
        return ProcessorTimes(2 * seconds, 0.0, (2 - others) * seconds)

    watch = PaceWatch("cam", network, clock, times)
    watch_for(watch, clock, seconds=8, came=25, missed=20)

    assert network.paces == [Pace(wanted=25, taken=5, contended=others > 0.5)]
