"""A run that pushes to a real server, or is one, with servers and viewers that fail."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Thread

import av
import numpy as np
import pytest

from sinks.encoding.options import EncodeOptions
from sinks.errors import SinkError
from sinks.live.opener import ServeTls, open_live_sink
from sinks.live.serving.output import ServedStream
from sinks.live.sink import LiveSink
from sinks.live.worker.rtsp_client.client import RtspClient, RtspRefusedError
from sinks.live.worker.rtsp_client.view_check import ViewCheck
from sinks.live.worker.rtsp_server.viewers import MOST_VIEWERS, WRONG_LOGINS
from sources.connect import ConnectOptions
from sources.frame import Colour, Frame, StreamInfo
from sources.live.disconnect import DisconnectedError
from sources.live.opener import open_live
from tests.conftest import PROJECT
from tests.live.conftest import StartPeer
from tests.support.servers.peers import (
    PATIENCE_SECONDS,
    eventually,
    free_port,
    make_certificate,
    viewer_that_stops_reading,
)

pytestmark = pytest.mark.slow

RATE = 25
BEST = EncodeOptions(quality=1)
FULL = 6 << 20
"""More bytes than the kernel keeps for a viewer."""
BASE = Fraction(1, 90_000)
INFO = StreamInfo(
    width=160,
    height=96,
    pixel_format="yuv420p",
    time_base=BASE,
    colour=Colour(),
    frame_rate=Fraction(RATE),
    live=True,
)


class Feeder:
    """Writes frames at their rate, and counts them.

    A sink that waits for a server or a viewer writes nothing while that one fails.
    """

    def __init__(self, sink: LiveSink, size: tuple[int, int] = (160, 96)) -> None:
        self.sink = sink
        self._size = size
        self.written = 0
        self._going = True
        sink.begin(replace(INFO, width=size[0], height=size[1]))
        self._thread = Thread(target=self._feed, daemon=True)
        self._thread.start()

    def _feed(self) -> None:
        begun = time.monotonic()
        index = 0
        while self._going:
            frame = self._frame(index, time.monotonic() - begun)
            self.sink.write(frame)
            self.written += 1
            index += 1
            time.sleep(max(begun + index / RATE - time.monotonic(), 0))

    def goes_on_for(self, frames: int) -> None:
        """Waits until so many more were written: nothing holds up the sink."""
        seen = self.written
        eventually(lambda: self.written > seen + frames, what=f"{frames} writes")

    def _frame(self, index: int, seconds: float) -> Frame:
        picture = av.VideoFrame(*self._size, "yuv420p")
        rng = np.random.default_rng(index)
        for plane in picture.planes:
            plane.update(rng.integers(16, 235, plane.buffer_size, np.uint8).tobytes())
        return Frame(
            picture=picture,
            index=index,
            pts=round(seconds / BASE),
            time_base=BASE,
            colour=Colour(),
        )

    def close(self) -> None:
        self._going = False
        self._thread.join(PATIENCE_SECONDS)
        self.sink.close()


@pytest.fixture
def feed() -> Iterator[type[Feeder]]:
    feeders = []

    class Tracked(Feeder):
        def __init__(self, sink: LiveSink, size: tuple[int, int] = (160, 96)) -> None:
            super().__init__(sink, size)
            feeders.append(self)

    yield Tracked
    for feeder in feeders:
        feeder.close()


def children(name: str, parent: int | None = None) -> dict[int, str]:
    """Returns the program `name` as child of `parent`: number and arguments."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may end while it is looked at
            arguments = (entry / "cmdline").read_bytes().decode().split("\0")
            last = arguments[-2] if len(arguments) > 2 else ""
            if last == str(parent or os.getpid()) and name in " ".join(arguments):
                found[int(entry.name)] = " ".join(arguments)
    return found


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


def first_pictures(url: str, count: int = 5) -> int:
    with closing(open_live(url)) as stream:
        return len(list(islice(stream, count)))


@pytest.fixture
def served(gstreamer: None, feed: type[Feeder]) -> tuple[str, Feeder]:
    place = f"127.0.0.1:{free_port()}/clean"
    feeder = feed(open_live_sink(f"serve://{place}"))
    child = feeder.sink.outputs[0]
    eventually(lambda: bool(getattr(child, "connected")))  # noqa: B009
    return f"rtsp://{place}", feeder


def test_viewers_come_and_go(served: tuple[str, Feeder]) -> None:
    url, feeder = served

    for _ in range(5):
        assert first_pictures(url) == 5

    feeder.goes_on_for(5)


def test_a_late_viewer_gets_a_picture_at_once(served: tuple[str, Feeder]) -> None:
    url, _ = served
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=(60, 60)) as early:
        next(early.decode(video=0))

        assert first_pictures(url, 1) == 1


def test_a_viewer_that_stops_reading_disturbs_nobody(
    served: tuple[str, Feeder],
) -> None:
    url, feeder = served
    with viewer_that_stops_reading(url, "video"):
        assert first_pictures(url, 8 * RATE) == 8 * RATE
        assert first_pictures(url) == 5
        feeder.goes_on_for(RATE)


def viewed(url: str) -> RtspClient:
    """Returns a viewer who has got a packet, and reads on only when he is asked to."""
    viewer = RtspClient(url, seconds=PATIENCE_SECONDS, receive_buffer=4096)
    viewer.play()
    viewer.packet()
    return viewer


def test_a_frozen_viewer_whose_buffers_are_full_locks_nobody_out(
    gstreamer: None, feed: type[Feeder]
) -> None:
    """Without a cut GStreamer's server would wait for him for ever."""
    place = f"127.0.0.1:{free_port()}/clean"
    feeder = feed(open_live_sink(f"serve://{place}", encode=BEST), size=(320, 192))
    child = feeder.sink.outputs[0]
    eventually(lambda: child.status.connected)
    frozen = viewed(f"rtsp://{place}")
    eventually(lambda: child.status.viewers == 1)

    filled = child.status.bytes_sent + FULL
    eventually(lambda: child.status.bytes_sent > filled)
    eventually(lambda: child.status.viewers == 0)

    for count in (1, 2, 3):
        late = viewed(f"rtsp://{place}")
        eventually(lambda: child.status.viewers == 1)
        late.close()
        eventually(lambda: child.status.viewers == 0, what=f"viewer {count} has left")
    frozen.close()
    assert child.status.replaced == 0


def test_more_viewers_than_are_allowed_are_sent_away(
    gstreamer: None, feed: type[Feeder]
) -> None:
    place = f"127.0.0.1:{free_port()}/clean"
    feeder = feed(open_live_sink(f"serve://{place}"))
    child = feeder.sink.outputs[0]
    eventually(lambda: child.status.connected)

    viewers = [RtspClient(f"rtsp://{place}", seconds=30) for _ in range(MOST_VIEWERS)]
    for viewer in viewers:
        viewer.ask("OPTIONS")
    one_more = RtspClient(f"rtsp://{place}", seconds=30)
    with closing(one_more), pytest.raises(OSError, match=r"closed|reset"):
        one_more.ask("OPTIONS")
    viewers.pop().close()

    eventually(lambda: answers(f"rtsp://{place}"))
    for viewer in viewers:
        viewer.close()


def answers(url: str) -> bool:
    client = RtspClient(url, seconds=30)
    try:
        return client.ask("OPTIONS").status == 200
    except OSError:
        return False
    finally:
        client.close()


def test_a_server_that_shows_nobody_anything_is_replaced(
    gstreamer: None, feed: type[Feeder]
) -> None:
    """The check looks at a port where nobody shows anything, as a blind server does."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        blind = f"rtsp://127.0.0.1:{silent.getsockname()[1]}/clean"
        sink = open_live_sink(f"serve://127.0.0.1:{free_port()}/clean")
        child = sink.outputs[0]
        assert isinstance(child, ServedStream)
        check = ViewCheck(partial(RtspClient, blind, seconds=5), every_seconds=0.1)
        child.check = check
        feed(sink)

        eventually(lambda: child.replaced >= 1)
        assert child.error == "viewers get no picture"


def test_a_killed_server_child_is_replaced(served: tuple[str, Feeder]) -> None:
    url, _ = served
    [child] = children("worker/rtsp_server")

    os.kill(child, signal.SIGKILL)

    eventually(lambda: first_pictures_or_none(url))


def first_pictures_or_none(url: str) -> bool:
    try:
        with av.open(
            url, options={"rtsp_transport": "tcp"}, timeout=(10, 10)
        ) as stream:
            return next(stream.decode(video=0)) is not None
    except (av.FFmpegError, StopIteration):
        return False


def test_a_child_never_outlives_its_parent(gstreamer: None) -> None:
    """Neither the one that is served from nor one that hangs in a black hole."""
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen()
        code = (
            "import sys, time; sys.path.insert(0, sys.argv[1])\n"
            "from tests.live.sending.test_sending import Feeder\n"
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
