"""One stream that viewers come for, with a picture from before its own."""

import sys
from pathlib import Path

import pytest

from sinks.live.serving import ports as ports_module
from sinks.live.serving.output import ServedStream
from sinks.live.serving.place import ServePlace
from sinks.live.serving.ports import ServedPorts
from sinks.live.worker.child import Child
from sinks.packets import Encoded
from sources.address import address_of
from tests.support.fakes import HandClock

SECOND = 90_000


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> ServedStream:
    """A stream that nothing serves, where GStreamer seems to be."""
    python = Path(sys.executable)
    monkeypatch.setattr(ports_module, "check_gstreamer", lambda: python)
    monkeypatch.setattr(ports_module, "check_port", lambda _place: None)
    monkeypatch.setattr(Child, "start", lambda _child: None)
    place = ServePlace(address_of("serve://viewer:secret@127.0.0.1:8554/gate"))
    return ServedStream(place, ServedPorts())


def times_of(stream: ServedStream) -> list[int]:
    found = []
    while (packet := stream._feed.get(0)) is not None:
        found.append(packet.pts)
    return found


def key(pts: int) -> Encoded:
    return Encoded(b"picture", pts, key=True)


def test_times_are_those_of_the_source(stream: ServedStream) -> None:
    stream.start(None)
    for pts in (7, 3607):
        stream.send(key(pts))

    assert times_of(stream) == [7, 3607]


def test_the_source_goes_on_where_a_picture_from_before_it_was_shown(
    stream: ServedStream,
) -> None:
    clock = HandClock()
    stream._now_ns = clock

    stream.show_before(key(0))
    clock.advance(seconds=1)
    stream.show_before(key(SECOND))
    clock.advance(seconds=0.5)
    for pts in (700_000, 703_600):
        stream.send(key(pts))

    assert times_of(stream) == [0, SECOND, SECOND * 3 // 2, SECOND * 3 // 2 + 3600]


def test_times_rise_though_no_time_has_passed(stream: ServedStream) -> None:
    stream._now_ns = HandClock()

    stream.show_before(key(500))
    stream.send(key(0))

    assert times_of(stream) == [500, 501]


def test_how_it_is_doing_counts_its_viewers_and_shows_no_password(
    stream: ServedStream,
) -> None:
    stream.start(None)
    stream.child._heartbeat.connected = True
    stream._port.heard("viewers", "0 3")

    status = stream.status

    assert (status.kind, status.viewers, status.connected) == ("serve", 3, True)
    assert "secret" not in status.name


def test_a_stream_that_is_closed_frees_its_place(stream: ServedStream) -> None:
    stream.start(None)

    stream.close()
    stream.close()

    assert stream.child._closing.is_set()
