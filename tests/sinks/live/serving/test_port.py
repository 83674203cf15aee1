"""Streams of one port: what its child is told of them, and in which order."""

import json
import struct

import pytest

from sinks.live.serving.place import ServePlace
from sinks.live.serving.port import ServedPort
from sinks.live.worker.child import Child
from sinks.live.worker.stream_feed import StreamFeed
from sinks.packets import Encoded
from sources.address import address_of
from sources.audio import Audio

KEY = Encoded(b"picture", 3600, key=True)
AUDIO = Audio(codec="pcm_alaw", rate=8000, layout="mono")
HEAD = struct.Struct("<IIBq")
OPEN, CLOSE, KEY_FRAME = 4, 8, 1


def place(path: str, login: str = "") -> ServePlace:
    return ServePlace(address_of(f"serve://{login}127.0.0.1:8554/{path}"))


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> ServedPort:
    """A port whose child is never started."""
    monkeypatch.setattr(Child, "start", lambda _child: None)
    return ServedPort(place("gate"), ["none"])


def opened(port: ServedPort, number: int, path: str = "gate") -> StreamFeed:
    feed = port.new_feed()
    port.open(number, place(path, "viewer:secret@"), feed, None)
    return feed


def parts(port: ServedPort) -> list[tuple[int, int, bytes]]:
    """All that is to be said now: number of the stream, kind and content."""
    found = []
    while (part := port.next_part(0)) is not None:
        number, size, kind, _ = HEAD.unpack_from(part)
        data = part[HEAD.size :]
        assert len(data) == size
        found.append((number, kind, data))
    return found


def test_a_new_child_is_told_where_to_listen_and_then_of_all_streams(
    port: ServedPort,
) -> None:
    opened(port, 3)
    opened(port, 5, "yard")

    told = json.loads(port.greeting())
    openings = parts(port)

    assert told == {
        "host": "127.0.0.1",
        "port": "8554",
        "login": False,
        "certificate": "",
        "key": "",
    }
    assert [(number, kind) for number, kind, _ in openings] == [(3, OPEN), (5, OPEN)]
    assert json.loads(openings[1][2]) == {
        "path": "/yard",
        "user": "viewer",
        "password": "secret",
        "audio": None,
    }


def test_audio_of_a_stream_is_said_when_it_is_known(port: ServedPort) -> None:
    feed = opened(port, 3)
    parts(port)

    port.open(3, place("gate"), feed, AUDIO)

    [(_, kind, data)] = parts(port)
    assert kind == OPEN
    assert json.loads(data)["audio"]["codec"] == "pcm_alaw"


def test_streams_take_turns(port: ServedPort) -> None:
    one, other = opened(port, 1), opened(port, 2, "yard")
    parts(port)
    for feed in (one, one, one, other, other):
        feed.put(KEY)

    numbers = [number for number, kind, _ in parts(port) if kind == KEY_FRAME]

    assert numbers in ([1, 2, 1, 2, 1], [2, 1, 2, 1, 1])


def test_a_stream_that_is_shut_is_said_and_gives_no_more_packets(
    port: ServedPort,
) -> None:
    feed = opened(port, 1)
    parts(port)
    feed.put(KEY)

    port.shut(1)
    port.shut(1)

    assert parts(port) == [(1, CLOSE, b"")]


def test_what_the_child_says_goes_to_the_stream_it_is_about(port: ServedPort) -> None:
    one, other = opened(port, 1), opened(port, 2, "yard")
    parts(port)
    one.put(KEY)
    parts(port)

    port.heard("key", "2")
    port.heard("done", "1")
    port.heard("viewers", "1 4")
    port.child._heartbeat.connected = True

    assert (one.key_wanted(), other.key_wanted()) == (False, True)
    assert (one.arrived, other.arrived) == (1, 0)
    assert (port.viewers(1), port.viewers(2)) == (4, 0)


@pytest.mark.parametrize("rest", ["", "7", "x", "\u00b2"])
def test_words_of_no_stream_are_passed_over(port: ServedPort, rest: str) -> None:
    opened(port, 1)

    port.heard("done", rest)
    port.heard("viewers", rest)


def test_nobody_watches_while_the_child_is_away(port: ServedPort) -> None:
    opened(port, 1)

    port.heard("viewers", "1 4")

    assert port.viewers(1) == 0
    assert port.viewers(9) == 0
