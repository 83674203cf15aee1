"""Where streams run: no Ray, no clock, no network."""

import pytest

from streamer.live.fleet.placement import Move, Place, Placement
from tests.support.fakes import HandClock

LARGE, SMALL = Place("large", 300.0), Place("small", 100.0)


def a_placement(*places: Place, clock: HandClock | None = None) -> Placement:
    placement = Placement(clock or HandClock(), silent_seconds=7)
    for place in places:
        placement.opened(place)
    return placement


def test_streams_are_spread_by_what_places_can_do() -> None:
    placement = a_placement(LARGE, SMALL)

    moves = placement.settle({f"camera {n}": 50.0 for n in range(8)})

    assert len(moves) == 8
    assert len(placement.streams_at("large")) == 6
    assert len(placement.streams_at("small")) == 2
    assert max(move.share for move in moves) == 1.0


def test_a_stream_stays_where_it_is_when_others_come_and_go() -> None:
    placement = a_placement(LARGE, SMALL)
    placement.settle({"gate": 90, "yard": 90, "roof": 20})
    before = {name: placement.place_of(name) for name in ("gate", "roof")}

    placement.opened(Place("new", 900))
    moves = placement.settle({"gate": 290, "roof": 20, "door": 10})

    assert [move.stream for move in moves] == ["door"]
    assert placement.place_of("door") == "new"
    assert placement.place_of("yard") == ""
    assert {name: placement.place_of(name) for name in before} == before


def test_only_the_streams_of_a_lost_place_move() -> None:
    placement = a_placement(LARGE, SMALL)
    placement.settle({"gate": 90, "yard": 80, "roof": 20})
    at_small = placement.streams_at("small")

    placement.lost("small")
    moves = placement.settle({"gate": 90, "yard": 80, "roof": 20})

    assert at_small
    assert [move.stream for move in moves] == sorted(at_small)
    assert {(move.place, move.before) for move in moves} == {("large", "small")}


def test_without_a_place_streams_wait_for_one() -> None:
    placement = a_placement()

    assert placement.settle({"gate": 90}) == []
    placement.opened(SMALL)

    assert placement.settle({"gate": 90}) == [Move("gate", "small", "", 0.9)]


def test_a_stream_that_fits_nowhere_runs_all_the_same_and_that_is_said() -> None:
    placement = a_placement(SMALL)

    moves = placement.settle({"gate": 90, "yard": 80})

    assert [move.share for move in moves] == pytest.approx([0.9, 1.7])


def test_a_place_that_is_not_heard_of_is_silent() -> None:
    clock = HandClock()
    placement = a_placement(LARGE, SMALL, clock=clock)

    clock.advance(seconds=6)
    placement.heard("large")
    assert placement.silent() == []
    clock.advance(seconds=1.1)

    assert placement.silent() == ["small"]
