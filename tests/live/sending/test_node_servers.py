"""Servers from npm, pushed to and read from; and pushes over TLS."""

import logging
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from sinks.live.opener import open_live_sink
from sources.connect import ConnectOptions
from sources.live.disconnect import Cause
from sources.live.opener import open_live
from sources.live.reconnect import State
from tests.live.conftest import StartPeer
from tests.support.servers.feeder import Feeder
from tests.support.servers.node_servers import (
    NodeServer,
    media_server,
    not_installed,
    rtsp_server,
)
from tests.support.servers.peers import eventually, make_certificate
from tests.support.viewing.reader import Reader

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def node() -> None:
    """Skips, and says why, where npm's servers cannot be had."""
    if problem := not_installed():
        pytest.skip(f"the servers from npm are NOT TESTED: {problem}")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return make_certificate(tmp_path)


@pytest.fixture
def media(
    node: None, tmp_path: Path, certificate: tuple[Path, Path]
) -> Iterator[NodeServer]:
    server = media_server(tmp_path, *certificate)
    yield server
    server.kill()


@pytest.fixture
def rtsp(node: None) -> Iterator[NodeServer]:
    server = rtsp_server()
    yield server
    server.kill()


def pictures(url: str, transport: str = "auto", ca_file: str | None = None) -> int:
    connect = ConnectOptions(transport=transport, ca_file=ca_file)
    with closing(open_live(url, connect)) as stream:
        return len(list(islice(stream, 25)))


def pushing(feed: type[Feeder], url: str, connect: ConnectOptions) -> Feeder:
    return feed(open_live_sink(url, connect=connect))


def arrives(feeder: Feeder) -> bool:
    return feeder.sink.connected and feeder.sink.bytes_sent > 0


def test_node_media_server_takes_a_push_and_gives_it_back(
    media: NodeServer, feed: type[Feeder]
) -> None:
    url = f"rtmp://127.0.0.1:{media.ports[0]}/live/clean"
    feeder = pushing(feed, url, ConnectOptions())
    eventually(partial(arrives, feeder))

    assert pictures(url) == 25


def test_rtsp_streaming_server_takes_a_push_over_udp_and_gives_it_back(
    rtsp: NodeServer, feed: type[Feeder]
) -> None:
    pushed, read = (f"rtsp://127.0.0.1:{port}/clean" for port in rtsp.ports)
    feeder = pushing(feed, pushed, ConnectOptions(transport="udp"))
    eventually(partial(arrives, feeder))

    assert pictures(read, "udp") == 25


@pytest.mark.parametrize("scheme", ["rtsps", "rtmps"])
def test_a_push_over_tls_is_verified_against_the_own_certificate(
    request: pytest.FixtureRequest,
    start_peer: StartPeer,
    feed: type[Feeder],
    read: type[Reader],
    certificate: tuple[Path, Path],
    caplog: pytest.LogCaptureFixture,
    scheme: str,
) -> None:
    caplog.set_level(logging.INFO)
    if scheme == "rtmps":
        media: NodeServer = request.getfixturevalue("media")
        url = f"rtmps://127.0.0.1:{media.ports[1]}/live/clean"
    else:
        shown = ("--certificate", str(certificate[0]), "--key", str(certificate[1]))
        url = start_peer(*shown).url("/record", scheme="rtsps")

    known = ConnectOptions(ca_file=str(certificate[0]))
    refused = pushing(feed, url, ConnectOptions())
    eventually(lambda: refused.sink.statuses[0].replaced >= 2)
    assert not refused.sink.connected
    assert "certificate unknown" in refused.sink.statuses[0].error
    assert refused.sink.bytes_sent == 0
    refused.close()
    for options in (known, ConnectOptions(insecure=True)):
        feeder = pushing(feed, url, options)
        eventually(partial(arrives, feeder))
        if scheme == "rtmps":
            assert pictures(url, ca_file=str(certificate[0])) == 25
        feeder.close()
    if scheme == "rtmps":
        reader = read(open_live(url))
        eventually(partial(reader.was, State.RECONNECTING, Cause.TLS))

    assert caplog.text.count("is not verified: --insecure") == 1
