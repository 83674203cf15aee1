"""Whose picture is next: fair, together where it helps, never held up by others."""

from collections import Counter

import numpy as np

from sources.frame import RgbArray
from streamer.network.round_robin import WINDOW_NS, RoundRobin
from streamer.network.waiting import PixelWork, Waiting


def a_picture(side: int = 8) -> RgbArray:
    return np.zeros((side, side, 3), np.uint8)


def put(turns: RoundRobin, stream: int, *, side: int = 8, came_ns: int = 0) -> Waiting:
    waiting = Waiting(PixelWork(a_picture(side), a_picture(side)), came_ns)
    turns.put(stream, waiting)
    return waiting


def test_without_batches_streams_go_round_one_by_one() -> None:
    turns = RoundRobin(batch=1)
    streams = [turns.join() for _ in range(3)]
    waiting = [put(turns, stream) for stream in streams]

    assert turns.take(0) == [waiting[0]]
    again = put(turns, streams[0])

    assert [turns.take(0) for _ in range(3)] == [[waiting[1]], [waiting[2]], [again]]
    assert turns.take(0) == []


def test_pictures_that_are_there_together_go_together() -> None:
    turns = RoundRobin(batch=4)
    waiting = [put(turns, turns.join()) for _ in range(3)]

    assert turns.take(0) == waiting


def test_a_picture_waits_for_others_no_longer_than_the_window() -> None:
    turns = RoundRobin(batch=4)
    one, _absent = turns.join(), turns.join()
    waiting = put(turns, one, came_ns=1000)

    assert turns.take(1000 + WINDOW_NS - 1) == []
    assert turns.next_due_ns() == 1000 + WINDOW_NS
    assert turns.take(1000 + WINDOW_NS) == [waiting]


def test_a_full_batch_waits_for_nobody() -> None:
    turns = RoundRobin(batch=2)
    streams = [turns.join() for _ in range(5)]
    first = [put(turns, stream) for stream in streams[:4]]

    assert turns.take(0) == first[:2]
    assert turns.take(0) in ([], first[2:])


def test_nobody_waits_for_a_stream_that_has_left() -> None:
    turns = RoundRobin(batch=4)
    one, other = turns.join(), turns.join()
    waiting = put(turns, one)

    assert turns.take(0) == []
    turns.leave(other)

    assert turns.take(0) == [waiting]


def test_a_stream_of_another_size_goes_alone_and_in_its_turn() -> None:
    turns = RoundRobin(batch=2)
    streams = [turns.join() for _ in range(5)]
    odd = streams[2]
    served: Counter[int] = Counter()
    for _ in range(50):
        for stream in streams:
            if turns.is_free(stream):
                put(turns, stream, side=16 if stream == odd else 8)
        group = turns.take(0)

        assert len({waiting.size for waiting in group}) == 1
        served.update(stream for stream in streams if turns.is_free(stream))

    assert served[odd] >= 50 // len(streams)
    others = [served[stream] for stream in streams if stream != odd]
    assert max(others) - min(others) <= 2


def test_a_size_that_is_held_waits_and_others_go() -> None:
    turns = RoundRobin(batch=1)
    large = put(turns, turns.join(), side=16)
    small = put(turns, turns.join())

    assert turns.take(0, {large.size}) == [small]
    assert turns.take(0, {large.size}) == []
    assert turns.next_due_ns({large.size}) is None
    assert turns.take(0) == [large]


def test_what_still_waits_is_given_back_at_the_end() -> None:
    turns = RoundRobin(batch=1)
    one = turns.join()
    waiting = put(turns, one)

    assert turns.clear() == [waiting]
    assert turns.take(0) == []
