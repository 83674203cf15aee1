"""A run that pushes to a real server, which fails, freezes and comes back."""

import socket
import subprocess
import sys
from itertools import islice
from threading import Thread

import av
import pytest

from sinks.live.opener import open_live_sink
from sources.connect import ConnectOptions
from tests.conftest import PROJECT
from tests.live.conftest import StartPeer
from tests.support.servers.feeder import RATE, Feeder, children
from tests.support.servers.peers import (
    PATIENCE_SECONDS,
    eventually,
    free_port,
)

pytestmark = pytest.mark.slow


def test_a_stream_is_pushed_and_ends_without_a_trace(
    start_peer: StartPeer, feed: type[Feeder]
) -> None:
    peer = start_peer()
    feeder = feed(open_live_sink(peer.url("/record")))

    eventually(lambda: peer.pictures > 25)

    feeder.close()
    eventually(lambda: not children("worker.push"))


def test_a_push_logs_in_with_a_password_that_no_process_list_shows(
    start_peer: StartPeer, feed: type[Feeder]
) -> None:
    secret = "p@ss/w#o?r:d%"  # noqa: S105 - of a server that lives for a second
    peer = start_peer("--auth", "digest", "--password", secret)
    quoted = "p%40ss%2Fw%23o%3Fr%3Ad%25"

    feed(open_live_sink(peer.url("/record", login=f"viewer:{quoted}")))

    eventually(lambda: peer.pictures > 5)
    [shown] = children("worker.push").values()
    assert secret not in shown
    assert quoted not in shown


@pytest.mark.parametrize("error", ["killed", "frozen", "frozen and killed"])
def test_a_push_server_that_fails_stalls_nothing_and_is_found_again(
    start_peer: StartPeer, feed: type[Feeder], error: str
) -> None:
    peer = start_peer()
    feeder = feed(open_live_sink(peer.url("/record")))
    eventually(lambda: peer.pictures > 10)

    if "frozen" in error:
        peer.freeze()
        feeder.goes_on_for(4 * RATE)
    if "killed" in error:
        peer.kill()
        feeder.goes_on_for(2 * RATE)
        peer.start()
    else:
        peer.thaw()
    before = peer.pictures

    eventually(lambda: peer.pictures > before + 10)


@pytest.mark.parametrize(
    ("transport", "error"), [("udp", "killed"), ("udp", "frozen"), ("tcp", "frozen")]
)
def test_a_push_notices_a_server_that_fails_and_finds_it_again(
    start_peer: StartPeer, feed: type[Feeder], transport: str, error: str
) -> None:
    peer = start_peer()
    feeder = feed(
        open_live_sink(peer.url("/record"), connect=ConnectOptions(transport=transport))
    )
    child = feeder.sink.outputs[0]
    eventually(lambda: peer.pictures > 2 * RATE)

    peer.freeze() if error == "frozen" else peer.kill()
    eventually(lambda: not child.status.connected)
    feeder.goes_on_for(RATE)
    peer.thaw() if error == "frozen" else peer.start()
    before = peer.pictures

    eventually(lambda: peer.pictures > before + 10)


@pytest.mark.parametrize("kind", ["refusing", "black hole"])
def test_a_server_that_was_never_there_is_found_when_it_comes(
    start_peer: StartPeer, feed: type[Feeder], kind: str
) -> None:
    peer = start_peer()
    peer.kill()
    hole = socket.socket()
    if kind == "black hole":
        hole.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        hole.bind(("127.0.0.1", peer.port))
        hole.listen()
    feeder = feed(open_live_sink(peer.url("/record")))
    child = feeder.sink.outputs[0]
    eventually(lambda: getattr(child, "replaced") >= 2)  # noqa: B009

    feeder.goes_on_for(RATE)
    hole.close()
    peer.start()

    eventually(lambda: peer.pictures > 5)


def test_a_child_never_outlives_its_parent(gstreamer: None) -> None:
    """Neither the one that is served from nor one that hangs in a black hole."""
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen()
        code = (
            "import sys, time; sys.path.insert(0, sys.argv[1])\n"
            "from tests.support.servers.feeder import Feeder\n"
            "from sinks.live.opener import open_live_sink\n"
            "for uri in sys.argv[2:]: Feeder(open_live_sink(uri))\n"
            "print('on', flush=True); time.sleep(600)"
        )
        push = f"rtsp://127.0.0.1:{hole.getsockname()[1]}/x"
        serve = f"serve://127.0.0.1:{free_port()}/x"
        root = str(PROJECT)
        parent = subprocess.Popen(
            [sys.executable, "-c", code, root, push, serve], stdout=subprocess.PIPE
        )
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"on\n"

        def below() -> int:
            return len(children("worker", parent.pid))

        eventually(lambda: below() == 2)
        parent.kill()
        parent.communicate(timeout=PATIENCE_SECONDS)

        eventually(lambda: not below())


def test_rtmp_is_pushed(feed: type[Feeder]) -> None:
    url = f"rtmp://127.0.0.1:{free_port()}/live/clean"
    came: list[tuple[int, int]] = []

    def receive() -> None:
        with av.open(url, options={"listen": "1"}, timeout=(60, 60)) as server:
            pictures = islice(server.decode(video=0), 30)
            came.extend((picture.width, picture.height) for picture in pictures)

    receiver = Thread(target=receive, daemon=True)
    receiver.start()
    feed(open_live_sink(url))

    eventually(lambda: len(came) == 30)

    assert set(came) == {(160, 96)}
