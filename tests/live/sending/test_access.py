"""Who may view what is served, and at which addresses it can be."""

import socket
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from sinks.errors import SinkError
from sinks.live.opener import ServeTls, open_live_sink
from sinks.live.serving.output import ServedStream
from sinks.live.worker.rtsp_client.client import RtspClient, RtspRefusedError
from sinks.live.worker.rtsp_server.viewers import WRONG_LOGINS
from sources.connect import ConnectOptions
from sources.live.disconnect import DisconnectedError
from sources.live.opener import open_live
from tests.support.servers.feeder import Feeder, children
from tests.support.servers.peers import (
    PATIENCE_SECONDS,
    eventually,
    free_port,
    make_certificate,
)
from tests.support.viewing.viewers import first_pictures

pytestmark = pytest.mark.slow


def test_viewers_can_be_asked_for_a_password(
    gstreamer: None,
    feed: type[Feeder],
) -> None:
    place = f"127.0.0.1:{free_port()}/clean"
    secret = "p@ss:w%rd"  # noqa: S105 - of a server that lives for a second

    feeder = feed(open_live_sink(f"serve://viewer:{secret}@{place}"))

    eventually(lambda: bool(feeder.sink.outputs[0].connected))  # type: ignore[attr-defined] # it is a child
    assert secret not in " ".join(children("worker/rtsp_server").values())
    assert first_pictures(f"rtsp://viewer:{secret}@{place}") == 5
    for login in ("", "viewer:wrong@"):
        with pytest.raises(DisconnectedError, match="wrong password"):
            first_pictures(f"rtsp://{login}{place}")


@pytest.mark.parametrize("login", ["", "viewer:right@"])
def test_what_is_served_can_be_secure(
    gstreamer: None, feed: type[Feeder], tmp_path: Path, login: str
) -> None:
    certificate, key = make_certificate(tmp_path)
    place = f"{login}127.0.0.1:{free_port()}/clean"
    tls = ServeTls(certificate, key)
    feeder = feed(open_live_sink(f"serve://{place}", serve_tls=tls))
    child = feeder.sink.outputs[0]
    assert isinstance(child, ServedStream)
    eventually(lambda: child.connected)

    trusting = ConnectOptions(ca_file=str(certificate))
    with closing(open_live(f"rtsps://{place}", trusting)) as stream:
        assert len(list(islice(stream, 5))) == 5
    assert child.check is not None
    assert child.check.look() == ""


def test_who_tries_passwords_is_shut_out_for_a_while(
    gstreamer: None, feed: type[Feeder], caplog: pytest.LogCaptureFixture
) -> None:
    place = f"127.0.0.1:{free_port()}/clean"
    feeder = feed(open_live_sink(f"serve://viewer:right@{place}"))
    child = feeder.sink.outputs[0]
    eventually(lambda: child.status.connected)

    for _ in range(WRONG_LOGINS):
        client = RtspClient(f"rtsp://viewer:wrong@{place}", seconds=PATIENCE_SECONDS)
        with closing(client), pytest.raises(RtspRefusedError, match="401"):
            client.play()

    right = RtspClient(f"rtsp://viewer:right@{place}", seconds=PATIENCE_SECONDS)
    with closing(right), pytest.raises(OSError, match=r"closed|reset"):
        right.play()
    eventually(lambda: caplog.text.count("a wrong login from 127.0.0.1") == 5)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - refused
def test_a_port_that_is_taken_ends_with_an_error_at_the_start(
    gstreamer: None, host: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SinkError, match="Address already in use"):
            open_live_sink(f"serve://{host}:{port}/x")


def test_an_address_that_is_none_of_this_machine_ends_with_an_error_at_the_start(
    gstreamer: None,
) -> None:
    with pytest.raises(SinkError, match="Cannot assign requested address"):
        open_live_sink("serve://192.0.2.7:8554/x")


@pytest.mark.parametrize(
    ("place", "told"),
    [("0.0.0.0", True), ("127.0.0.1", False), ("u:p@0.0.0.0", False)],  # noqa: S104 - not opened
)
def test_serving_beyond_this_machine_without_a_login_is_told_loudly(
    gstreamer: None, caplog: pytest.LogCaptureFixture, place: str, told: bool
) -> None:
    open_live_sink(f"serve://{place}:{free_port()}/x")

    assert ("ANYBODY who reaches this address may watch" in caplog.text) == told


def test_a_port_that_is_taken_later_is_told_and_waited_for(
    gstreamer: None,
    feed: type[Feeder],
) -> None:
    port = free_port()
    sink = open_live_sink(f"serve://127.0.0.1:{port}/x")
    with socket.create_server(("127.0.0.1", port)):
        feeder = feed(sink)
        child = feeder.sink.outputs[0]
        eventually(lambda: "port is taken" in child.error)  # type: ignore[attr-defined] # it is a child

    eventually(lambda: bool(child.connected))  # type: ignore[attr-defined] # it is a child
