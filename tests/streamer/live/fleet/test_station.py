"""A place with streams: asked again and again, and left alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from streamer.live.fleet.settings import StreamSettings
from streamer.live.fleet.station import Station
from streamer.settings import DEFAULTS
from tests.support.fakes import HandClock, PassThrough
from tests.support.patience import eventually
from tests.support.runs.live_runs import ARun


@dataclass(frozen=True)
class AnOpener:
    stream: StreamSettings
    opened: list[str] = field(compare=False)

    @contextmanager
    def __call__(self, network: Callable[[], object]) -> Iterator[Any]:
        self.opened.append(f"{self.stream.name} {self.stream.sink}")
        yield ARun()


def a_stream(name: str, sink: str = "null:") -> StreamSettings:
    return StreamSettings(name=name, source="rtsp://c/x", sink=sink, run=DEFAULTS)


@pytest.fixture
def opened() -> list[str]:
    return []


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def station(opened: list[str], clock: HandClock) -> Iterator[Station]:
    station = Station(PassThrough(), lambda stream: AnOpener(stream, opened), clock)
    yield station
    station.close()


def test_what_is_asked_for_runs_and_what_is_not_ends(
    station: Station, opened: list[str]
) -> None:
    streams = [a_stream("gate"), a_stream("yard")]
    eventually(lambda: station.beat(streams).keys() == {"gate", "yard"})

    changed = [a_stream("gate"), a_stream("yard", "o.mp4"), a_stream("roof")]
    eventually(lambda: station.beat(changed).keys() == {"gate", "yard", "roof"})
    eventually(lambda: len(opened) == 4)
    beat = station.beat(changed)

    assert sorted(opened) == ["gate null:", "roof null:", "yard null:", "yard o.mp4"]
    assert not any(one.ended or one.failing or one.error for one in beat.values())


@pytest.mark.slow
def test_a_station_that_is_not_asked_any_more_ends_its_streams_and_takes_them_anew(
    station: Station, clock: HandClock, opened: list[str]
) -> None:
    streams = [a_stream("gate")]
    eventually(lambda: "gate" in station.beat(streams))
    eventually(lambda: opened == ["gate null:"])

    clock.advance(seconds=6.1)
    eventually(lambda: not station._fleet.snapshots())
    eventually(lambda: "gate" in station.beat(streams))

    eventually(lambda: opened == ["gate null:"] * 2)
    assert not station.beat(streams)["gate"].ended
