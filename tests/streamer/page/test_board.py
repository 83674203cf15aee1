import logging
from dataclasses import replace
from typing import Any

import pytest

from streamer.page.board import Board
from streamer.page.views import StreamView
from tests.streamer.page.conftest import ABOUT, AWAY, WELL
from tests.support.patience import eventually


def only_stream(board: Board) -> dict[str, Any]:
    streams = board.as_json()["streams"]
    assert isinstance(streams, list)
    [stream] = streams
    assert isinstance(stream, dict)
    return stream


def test_what_the_feed_says_is_shown_to_all_with_the_head_of_the_page() -> None:
    board = Board(lambda: ABOUT, lambda: {"gate": StreamView(snapshot=WELL)})
    assert board.as_json()["streams"] == []

    board.look()

    told = board.as_json()
    assert told is board.as_json()
    gate = only_stream(board)
    assert (gate["name"], gate["fps_out"], gate["healthy"]) == ("gate", 12.5, True)
    about = told["about"]
    assert isinstance(about, dict)
    assert about["network"] == "mspfn-lite"
    assert about["memory_mib"] > 0
    assert board.views.keys() == {"gate"}


def test_a_state_is_told_with_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    now, shot = 1000.0, WELL
    monkeypatch.setattr("streamer.page.board.time.time", lambda: now)
    board = Board(lambda: ABOUT, lambda: {"gate": StreamView(snapshot=shot)})
    begun = []

    for step in ((1000.0, WELL), (1005.0, WELL), (1010.0, AWAY), (1015.0, AWAY)):
        now, shot = step
        board.look()
        begun.append(only_stream(board)["since"])

    assert begun == [1000.0, 1000.0, 1010.0, 1010.0]


def test_the_head_of_the_page_names_the_network_of_this_moment() -> None:
    about = [ABOUT]
    board = Board(lambda: about[-1], dict)
    board.look()

    about.append(replace(ABOUT, network="mspfn-tiny"))
    board.look()

    head = board.as_json()["about"]
    assert isinstance(head, dict)
    assert head["network"] == "mspfn-tiny"


def test_what_is_sent_is_told_as_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now, sent = 1000.0, 0
    monkeypatch.setattr("streamer.page.board.time.time", lambda: now)
    board = Board(
        lambda: ABOUT,
        lambda: {"gate": StreamView(snapshot=replace(WELL, bytes_sent=sent))},
    )
    rates = []

    for step in ((1000.0, 500_000), (1002.0, 750_000), (1003.0, 0)):
        now, sent = step
        board.look()
        rates.append(only_stream(board)["kbit_s"])

    assert rates == [0.0, 1000.0, 0.0]  # a child that was replaced counts anew


def test_a_stream_that_is_gone_is_forgotten() -> None:
    views = {"gate": StreamView(snapshot=WELL), "film": StreamView()}
    board = Board(lambda: ABOUT, lambda: views)

    board.look()
    assert len(board.history("gate")) == 1
    assert board.history("film") == []
    del views["gate"]
    board.look()

    assert board.history("gate") == []
    assert board.views.keys() == {"film"}


def test_a_look_that_fails_is_told_and_the_next_one_succeeds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked: list[None] = []

    def feed() -> dict[str, StreamView]:
        asked.append(None)
        if len(asked) == 1:
            raise ValueError("of a stream")
        return {"gate": StreamView(snapshot=WELL)}

    board = Board(lambda: ABOUT, feed)
    with caplog.at_level(logging.ERROR, "derain.page"), board.running():
        eventually(
            lambda: "could not look at the streams" in caplog.text, what="the line"
        )
        board.look()

    assert board.views.keys() == {"gate"}
