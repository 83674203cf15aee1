"""A fleet on several places, which are stand-ins: they answer as they are told."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from streamer.errors import StreamerError
from streamer.live.fleet.hosts import LostError
from streamer.live.fleet.member import NOT_RUNNING
from streamer.live.fleet.settings import StreamSettings
from streamer.live.fleet.spread import SpreadFleet, assumed_demand
from streamer.live.fleet.station import Beat, StreamBeat
from streamer.settings import DEFAULTS
from tests.support.fakes import HandClock

RUNNING = replace(
    NOT_RUNNING, state="streaming", frames_out=9, fps_in=25.0, source_pixels=1000
)


def a_stream(name: str, sink: str = "null:", **options: object) -> StreamSettings:
    source = f"rtsp://camera/{name}"
    run = DEFAULTS.changed(options)
    return StreamSettings(name=name, source=source, sink=sink, run=run)


def a_beat(**changes: object) -> StreamBeat:
    usual = StreamBeat(shot=RUNNING, error="", ended=False, failing=False)
    return replace(usual, **changes)  # type: ignore[arg-type] # a test names them


class AHost:
    """Runs what it is asked for, until it dies or falls silent."""

    def __init__(self, capacity: float | LostError | None) -> None:
        self._capacity = capacity
        self.asked: Sequence[StreamSettings] = ()
        self.beats: dict[str, StreamBeat] = {}
        self.dead = self.silent = self.closed = False
        self.in_order = False

    def capacity(self) -> float | None:
        if isinstance(self._capacity, LostError):
            raise self._capacity
        return self._capacity

    def ask(self, streams: Sequence[StreamSettings]) -> None:
        self.asked = streams

    def answer(self) -> tuple[Sequence[StreamSettings], Beat] | None:
        if self.dead:
            raise LostError("the actor died")
        if self.silent:
            return None
        beat = {s.name: self.beats.get(s.name, a_beat()) for s in self.asked}
        return self.asked, beat

    def close(self, *, in_order: bool) -> None:
        self.closed, self.in_order = True, in_order

    @property
    def names(self) -> list[str]:
        return [stream.name for stream in self.asked]


class TheHosts:
    """Opens a stand-in for each name."""

    def __init__(self, **capacities: float | LostError | None) -> None:
        self.capacities = capacities
        self.opened: dict[str, AHost] = {}
        self.count = 0

    def names(self) -> Iterable[str]:
        return list(self.capacities)

    def open(self, name: str) -> AHost:
        self.count += 1
        self.opened[name] = AHost(self.capacities[name])
        return self.opened[name]


def a_fleet(hosts: TheHosts, clock: HandClock, *streams: StreamSettings) -> SpreadFleet:
    fleet = SpreadFleet(hosts, clock)
    fleet.change(streams)
    fleet.step()
    fleet.step()
    return fleet


def test_streams_run_where_they_were_placed_and_are_told_of() -> None:
    hosts = TheHosts(one=1e9, two=1e9)

    fleet = a_fleet(hosts, HandClock(), a_stream("gate"), a_stream("yard"))

    assert fleet.places == {"gate": "one", "yard": "two"}
    assert hosts.opened["two"].names == ["yard"]
    assert {shot.state for shot in fleet.snapshots().values()} == {"streaming"}


def test_at_the_start_streams_wait_for_all_places_but_not_for_ever() -> None:
    clock, hosts = HandClock(), TheHosts(one=1e9, slow=None)
    fleet = a_fleet(hosts, clock, a_stream("gate"), a_stream("yard"))
    assert set(fleet.places.values()) == {""}

    clock.advance(seconds=30)
    fleet.step()

    assert set(fleet.places.values()) == {"one"}


@pytest.mark.parametrize("way", ["dead", "silent"])
def test_the_streams_of_a_lost_place_move_within_ten_seconds(way: str) -> None:
    clock, hosts = HandClock(), TheHosts(one=1e9, two=1e9)
    fleet = a_fleet(hosts, clock, a_stream("gate"), a_stream("yard"))
    lost = hosts.opened["one"]
    del hosts.capacities["one"]
    setattr(lost, way, True)

    seconds = 0.0
    while fleet.places["gate"] != "two":
        clock.advance(seconds=0.5)
        seconds += 0.5
        fleet.step()

    assert seconds < 10
    assert lost.closed
    assert not lost.in_order
    assert sorted(hosts.opened["two"].names) == ["gate", "yard"]


def test_a_stream_whose_place_is_silent_grows_old_and_then_has_no_place() -> None:
    clock, hosts = HandClock(), TheHosts(one=1e9)
    fleet = a_fleet(hosts, clock, a_stream("gate"))
    hosts.opened["one"].silent = True
    assert fleet.snapshots()["gate"].healthy

    clock.advance(seconds=3)
    assert not fleet.snapshots()["gate"].healthy
    clock.advance(seconds=5)
    fleet.step()

    assert fleet.snapshots()["gate"].cause == "no place"
    assert not fleet.snapshots()["gate"].healthy


def test_a_place_that_comes_back_takes_no_stream_from_another() -> None:
    clock, hosts = HandClock(), TheHosts(one=1e9, two=1e9)
    fleet = a_fleet(hosts, clock, a_stream("gate"), a_stream("yard"))
    hosts.opened["one"].dead = True
    fleet.step()
    clock.advance(seconds=3)

    fleet.step()
    fleet.change([a_stream("gate"), a_stream("yard"), a_stream("roof")])
    fleet.step()

    assert hosts.count == 3
    assert fleet.places == {"gate": "two", "yard": "two", "roof": "one"}


def test_a_change_leaves_other_streams_alone_and_keeps_places() -> None:
    hosts = TheHosts(one=1e9, two=1e9)
    fleet = a_fleet(hosts, HandClock(), a_stream("gate"), a_stream("yard"))
    before = fleet.places

    done = fleet.change([a_stream("gate"), a_stream("yard", "o.mp4")])
    fleet.step()

    assert done == {"added": [], "removed": [], "changed": ["yard"]}
    assert fleet.places == before
    assert [stream.sink for stream in hosts.opened["two"].asked] == ["o.mp4"]


def test_an_answer_to_an_older_question_says_nothing_of_a_changed_stream() -> None:
    hosts = TheHosts(one=1e9)
    fleet = a_fleet(hosts, HandClock(), a_stream("gate"))
    host = hosts.opened["one"]
    host.beats["gate"] = a_beat(ended=True)

    fleet.change([a_stream("gate", "o.mp4")])
    fleet.step()  # hears of the one that ended

    assert fleet.places == {"gate": "one"}
    assert fleet.snapshots()["gate"].cause == "no place"


def test_a_fleet_whose_streams_have_ended_or_all_failed_ends() -> None:
    hosts = TheHosts(one=1e9)
    fleet = a_fleet(hosts, HandClock(), a_stream("gate"))
    hosts.opened["one"].beats["gate"] = a_beat(ended=True)
    fleet.step()

    fleet.run()

    assert not fleet.failed
    assert hosts.opened["one"].in_order

    hosts = TheHosts(one=1e9)
    fleet = SpreadFleet(hosts, HandClock())
    fleet.change([a_stream("gate")])
    fleet.step()
    never = a_beat(shot=NOT_RUNNING, error="no password", failing=True)
    hosts.opened["one"].beats["gate"] = never
    fleet.step()

    fleet.run()

    assert fleet.failed
    assert fleet.errors == {"gate": "no password"}


def test_a_place_of_another_version_is_refused_and_alone_it_ends_the_run() -> None:
    clock = HandClock()
    odd = LostError("its version was 1 and is 2", for_good=True)
    hosts = TheHosts(one=1e9, odd=odd)
    fleet = a_fleet(hosts, clock, a_stream("gate"), a_stream("yard"))
    clock.advance(seconds=60)
    fleet.step()

    assert set(fleet.places.values()) == {"one"}
    assert hosts.count == 2

    with pytest.raises(StreamerError, match="its version was 1 and is 2"):
        a_fleet(TheHosts(odd=odd), clock, a_stream("gate"))


def test_what_a_stream_asks_for_is_known_before_it_runs() -> None:
    assert assumed_demand(a_stream("gate")) == 1280 * 720 * 25
    small = a_stream("gate", size="640x360", rate=10)
    assert assumed_demand(small) == 640 * 360 * 10
