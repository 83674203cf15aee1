"""Whether a program lives, is ready and does what was asked, over HTTP."""

import json
import socket
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack

import pytest

from streamer.errors import StreamerError
from streamer.live.metrics.counters import LiveSnapshot
from streamer.live.metrics.health_server import metrics_server
from tests.streamer.live.metrics.test_prometheus import get
from tests.support.patience import PATIENCE_SECONDS, eventually
from tests.support.snapshots import AWAY, BUSY, LOST, SHOT


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        (AWAY, "no fresh frame, stalled"),
        (LOST, "output away (the port is taken), recording failed (disk full)"),
        (BUSY, "overloaded"),
    ],
)
def test_health_turns_when_one_stream_does_not_what_was_asked_and_names_it(
    other: LiveSnapshot, problem: str
) -> None:
    with metrics_server("127.0.0.1:0", lambda: {"gate": SHOT, "yard": other}) as port:
        status, text = get(port, "/healthz")
        alone = get(port, "/healthz/gate")[0], get(port, "/healthz/yard")[0]

    told = json.loads(text)
    assert status == 503
    assert alone == (200, 503)
    assert told["problems"] == {"yard": problem}
    assert told["streams"]["gate"]["healthy"]
    assert "10.0.0.8" not in text


def test_all_well_is_200() -> None:
    with metrics_server("127.0.0.1:0", lambda: {"gate": SHOT}) as port:
        status, text = get(port, "/healthz")

    assert status == 200
    assert json.loads(text)["problems"] == {}


@pytest.mark.parametrize(
    ("shots", "ready"),
    [
        ({"gate": SHOT, "yard": AWAY}, 200),
        ({"gate": BUSY}, 200),
        ({"yard": AWAY}, 503),
        ({"lost": LOST}, 503),
        ({}, 503),
    ],
)
def test_a_program_lives_whatever_its_streams_do_and_is_ready_once_one_sends(
    shots: dict[str, LiveSnapshot], ready: int
) -> None:
    with metrics_server("127.0.0.1:0", lambda: shots) as port:
        assert get(port, "/livez")[0] == 200
        assert get(port, "/readyz")[0] == ready


@pytest.mark.parametrize("path", ["/else", "/healthz/nobody", "/"])
def test_what_is_not_there_is_404_and_names_what_is(path: str) -> None:
    with metrics_server("127.0.0.1:0", lambda: {"gate": SHOT}) as port:
        status, text = get(port, path)

    assert status == 404
    assert "/healthz/NAME" in text


def test_head_is_answered_without_a_body() -> None:
    with metrics_server("127.0.0.1:0", lambda: {"gate": SHOT}) as port:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/healthz", method="HEAD"
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            assert (answer.status, answer.read()) == (200, b"")
            assert int(answer.headers["Content-Length"]) > 0


@pytest.mark.slow
def test_half_requests_cost_a_limited_number_of_threads_and_of_lines_and_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = threading.active_count()
    with (
        metrics_server("127.0.0.1:0", lambda: {"gate": SHOT}) as port,
        ExitStack() as held,
    ):
        for _ in range(50):
            line = held.enter_context(
                socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
            )
            line.sendall(b"GET /livez HT")

        assert threading.active_count() <= before + 34
        eventually(lambda: answers(port), what="an answer behind half requests")

    assert 1 <= caplog.text.count("one closed") < 8  # of one each second


def answers(port: int) -> bool:
    try:
        return get(port, "/livez")[0] == 200
    except OSError:
        return False


@pytest.mark.parametrize("place", ["9100", "host", "127.0.0.1:http"])
def test_a_wrong_place_is_one_clear_line(place: str) -> None:
    with (
        pytest.raises(StreamerError, match="HOST:PORT"),
        metrics_server(place, dict),
    ):
        pass
