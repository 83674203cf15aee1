"""MJPEG over HTTP and RTMP, read from real servers that fail and come back."""

import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from threading import Event, Thread

import av
import pytest

from sources.live.disconnect import Cause
from sources.live.opener import open_live
from sources.live.reconnect import State
from tests.conftest import PROJECT
from tests.support.servers.peers import PATIENCE_SECONDS, eventually, free_port
from tests.support.viewing.reader import Reader

pytestmark = pytest.mark.slow

RATE = 25


@cache
def a_jpeg() -> bytes:
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 160, 96, "yuvj420p"
    encoder.framerate = Fraction(RATE)
    [packet] = encoder.encode(av.VideoFrame(160, 96, "yuvj420p"))
    return bytes(packet)


class WebCamera:
    """Sends JPEGs as one endless answer, as cameras with a web page do."""

    def __init__(self, rate: float = RATE) -> None:
        self.port = free_port()
        self.rate = rate
        self.frozen, self._off = Event(), Event()
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        camera = self
        self._off.clear()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                kind = "multipart/x-mixed-replace; boundary=picture"
                self.send_header("Content-Type", kind)
                self.end_headers()
                while not camera._off.wait(1 / camera.rate):
                    if not camera.frozen.is_set():
                        self.wfile.write(part())

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, daemon=True).start()

    def kill(self) -> None:
        self._off.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def part() -> bytes:
    head = f"Content-Type: image/jpeg\r\nContent-Length: {len(a_jpeg())}\r\n\r\n"
    return b"--picture\r\n" + head.encode() + a_jpeg() + b"\r\n"


@pytest.fixture
def web_camera() -> Iterator[WebCamera]:
    camera = WebCamera()
    camera.start()
    yield camera
    camera.kill()


def test_mjpeg_over_http_is_read_as_it_comes_and_found_again(
    web_camera: WebCamera, read: type[Reader]
) -> None:
    url = f"http://127.0.0.1:{web_camera.port}/video.mjpg"
    reader = read(open_live(url))
    before = reader.frames(2 * RATE)

    web_camera.kill()
    eventually(lambda: reader.was(State.RECONNECTING, Cause.REFUSED))
    web_camera.start()
    after = reader.frames(2 * RATE)

    assert reader.stream.link.reconnects == 1
    assert {f.picture.format.name for f in before} == {"yuvj420p"}
    assert all(a.pts < b.pts for a, b in pairwise(before + after))
    arrived = [frame.arrived_ns for frame in before]
    assert all(a < b for a, b in pairwise(arrived))


def test_mjpeg_over_http_that_freezes_is_noticed(
    web_camera: WebCamera, read: type[Reader]
) -> None:
    reader = read(open_live(f"http://127.0.0.1:{web_camera.port}/video.mjpg"))
    reader.frames(RATE)

    web_camera.frozen.set()

    eventually(lambda: reader.was(State.STALLED, Cause.STALLED))
    web_camera.frozen.clear()
    reader.drain()
    assert len(reader.frames(RATE)) == RATE


class RtmpPeer:
    """An RTMP server that can be killed and brought back."""

    def __init__(self) -> None:
        self.url = f"rtmp://127.0.0.1:{free_port()}/live/x"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        script = PROJECT / "tests" / "support" / "servers" / "rtmp_peer.py"
        self._process = subprocess.Popen([sys.executable, str(script), self.url])

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=PATIENCE_SECONDS)
            self._process = None


@pytest.fixture
def rtmp_peer() -> Iterator[RtmpPeer]:
    peer = RtmpPeer()
    peer.start()
    yield peer
    peer.kill()


def test_rtmp_is_read_and_found_again(rtmp_peer: RtmpPeer, read: type[Reader]) -> None:
    reader = read(open_live(rtmp_peer.url))
    before = reader.frames(2 * RATE)

    rtmp_peer.kill()
    eventually(lambda: reader.was(State.RECONNECTING, Cause.REFUSED))
    rtmp_peer.start()
    after = reader.frames(2 * RATE)

    assert reader.stream.link.reconnects == 1
    assert all(a.pts < b.pts for a, b in pairwise(before + after))
    assert before[0].picture.key_frame
