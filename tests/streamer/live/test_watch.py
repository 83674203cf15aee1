from threading import Event

import pytest

from streamer.live.watch import watching


def test_what_looks_is_told_of_the_end_of_the_block() -> None:
    ended = Event()

    def look(done: Event) -> None:
        done.wait()
        ended.set()

    with watching(look, "look", last_seconds=60):
        assert not ended.is_set()

    assert ended.is_set()


def test_a_look_that_waits_for_something_else_is_woken_after_the_end_is_set() -> None:
    wake = Event()
    seen: list[bool] = []

    def look(done: Event) -> None:
        wake.wait()
        seen.append(done.is_set())

    with watching(look, "look", last_seconds=60, wake=wake.set):
        assert seen == []

    assert seen == [True]


def test_an_error_in_the_block_ends_the_look_too() -> None:
    ended = Event()

    def look(done: Event) -> None:
        done.wait()
        ended.set()

    with (
        pytest.raises(RuntimeError, match="of the block"),
        watching(look, "look", last_seconds=60),
    ):
        raise RuntimeError("of the block")

    assert ended.is_set()
