"""The routes of the page over real HTTP and WebSockets on loopback."""

import json
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from streamer.page.pictures import split
from tests.streamer.page.conftest import LIMIT, Serve, ask, pictures_of
from tests.support.patience import eventually


def test_the_page_and_its_parts_are_served_with_strict_headers(serve: Serve) -> None:
    page = serve()

    for path, kind in (("/", "html"), ("/page.js", "javascript"), ("/page.css", "css")):
        status, headers, body = ask(page, path)
        assert status == 200
        assert kind in headers["content-type"]
        assert len(body) > 500
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"


def test_figures_of_all_streams_are_told(serve: Serve) -> None:
    page = serve()
    eventually(lambda: len(page.board.views) == 2, what="the first look")

    told = json.loads(ask(page, "/api/streams")[2])

    assert told["about"]["network"] == "mspfn-lite"
    assert told["about"]["memory_mib"] > 10
    gate, yard = told["streams"]
    assert gate["coverage"] == 1.5
    assert gate["healthy"] is True
    assert gate["dropped"] == {"late": 50}
    assert yard["state"] == "away"
    assert yard["healthy"] is False


def test_both_halves_come_in_one_message(serve: Serve) -> None:
    page = serve()

    with pictures_of(page) as socket_:
        message = socket_.recv(LIMIT)

    taken_us, before, after = split(message)
    assert taken_us > 0
    assert before[:2] == after[:2] == b"\xff\xd8"
    assert before != after


def test_a_stream_is_watched_only_while_somebody_looks(serve: Serve) -> None:
    page = serve()
    tap = page.previews.tap("gate")
    assert not tap.watched

    with pictures_of(page) as socket_:
        socket_.recv(LIMIT)
        assert tap.watched

    eventually(lambda: not tap.watched, what="the viewer's leaving to be seen")


def test_a_picture_can_be_asked_for_alone(serve: Serve) -> None:
    page = serve()

    status, headers, after = ask(page, "/api/streams/gate/snapshot.jpg")
    _, _, before = ask(page, "/api/streams/gate/snapshot.jpg?side=before")

    assert status == 200
    assert headers["content-type"] == "image/jpeg"
    assert after[:2] == before[:2] == b"\xff\xd8"
    assert before != after
    assert ask(page, "/api/streams/roof/snapshot.jpg")[0] == 404
    assert ask(page, "/api/streams/gate/snapshot.jpg?side=left")[0] == 400


def test_a_stream_whose_name_holds_a_slash_is_reached(serve: Serve) -> None:
    page = serve("yard/gate")

    status, _, _ = ask(page, "/api/streams/yard%2Fgate/snapshot.jpg")
    with pictures_of(page, "yard%2Fgate") as viewer:
        message = viewer.recv(timeout=LIMIT)

    assert status == 200
    assert len(message) > 12
    assert ask(page, "/api/streams/yard%2Fgate/history")[0] == 200
    assert ask(page, "/healthz/yard%2Fgate")[0] == 200


def test_more_viewers_than_allowed_are_told_so(serve: Serve) -> None:
    page = serve(max_viewers=2)

    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(pictures_of(page)).recv(LIMIT)
        with pictures_of(page) as third, pytest.raises(ConnectionClosed) as refused:
            third.recv(LIMIT)

    assert refused.value.rcvd is not None
    assert "2 viewers look already" in refused.value.rcvd.reason


@pytest.mark.slow
def test_a_viewer_that_stalls_keeps_no_other_from_its_pictures(serve: Serve) -> None:
    page = serve()

    with ExitStack() as stack:
        for _ in range(19):
            stack.enter_context(pictures_of(page, max_queue=1))  # reads nothing
        looking = stack.enter_context(pictures_of(page))
        times = [split(looking.recv(LIMIT))[0] for _ in range(20)]

    assert times == sorted(set(times))


def test_health_tells_one_bad_stream_from_none_that_works(serve: Serve) -> None:
    page = serve()
    eventually(lambda: len(page.board.views) == 2, what="the first look")

    assert ask(page, "/livez")[0] == 200
    assert ask(page, "/readyz")[0] == 200
    status, _, body = ask(page, "/healthz")

    assert status == 503
    told = json.loads(body)
    assert not told["healthy"]
    assert list(told["problems"]) == ["yard"]
    assert told["streams"].keys() == {"gate", "yard"}
    assert [ask(page, f"/healthz/{name}")[0] for name in ("gate", "yard")] == [200, 503]
    assert ask(page, "/healthz/nobody")[0] == 404


def test_logs_and_history_are_told(serve: Serve) -> None:
    page = serve()
    eventually(lambda: bool(page.board.history("gate")), what="the first point")

    assert json.loads(ask(page, "/api/streams/gate/history")[2])[0]["fps_out"] == 12.5
    assert json.loads(ask(page, "/api/log?stream=gate")[2]) == []
