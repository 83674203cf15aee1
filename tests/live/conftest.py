"""Starts real servers for tests, and ends them whatever happens."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.servers.peers import RtspPeer, missing

StartPeer = Callable[..., RtspPeer]


@pytest.fixture(scope="session")
def gstreamer() -> None:
    """Fails, with the command that helps, where GStreamer is not installed."""
    if problem := missing():
        pytest.fail(problem, pytrace=False)


@pytest.fixture
def start_peer(gstreamer: None) -> Iterator[StartPeer]:
    """Starts servers: `start_peer("--auth", "digest")`."""
    peers = []

    def start(*options: str) -> RtspPeer:
        peer = RtspPeer(*options)
        peers.append(peer)
        return peer.start()

    yield start
    for peer in peers:
        peer.kill()
