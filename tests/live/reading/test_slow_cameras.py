"""Cameras that send a picture now and then: opened once, and given the time."""

import time
from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, pairwise
from pathlib import Path
from threading import Thread

import pytest

from sources.address import address_of
from sources.connect import ConnectOptions
from sources.live.network.connection import NetworkStream
from sources.live.reconnect import Patience
from tests.conftest import MakeClip
from tests.live.conftest import StartPeer
from tests.support.servers.changing_proxy import ChangingProxy

pytestmark = pytest.mark.slow


class Counting(SimpleHTTPRequestHandler):
    """Shows a folder, and says nothing but how often it was asked."""

    asked = 0

    def log_message(self, format: str, *args: object) -> None:
        Counting.asked += 1


def test_a_stream_that_needs_a_longer_limit_is_opened_once_when_it_is_back(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    """The limit is fixed when FFmpeg opens, and the rate is known only then."""
    make_clip("film.mp4", frames=5, rate=25)
    handler = partial(Counting, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = address_of(f"http://127.0.0.1:{server.server_address[1]}/film.mp4")
        patience, asked = Patience(), []
        for _ in range(3):
            before = Counting.asked
            with closing(NetworkStream(address, patience=patience)):
                asked.append(Counting.asked - before)
        server.shutdown()

    assert asked == [2 * asked[1], asked[1], asked[1]]


@pytest.mark.parametrize("codec", ["h264", "jpeg"])
def test_a_silence_below_the_limit_costs_neither_a_picture_nor_its_time(
    start_peer: StartPeer, codec: str
) -> None:
    """FFmpeg reads twice where a parser holds a picture back, and once elsewhere."""
    ended = 0

    def packet(channel: int, packet: bytearray) -> bytearray:
        nonlocal ended
        ended += channel == 0 and packet[1] >> 7  # the mark of a picture's last packet
        if channel == 0 and ended == 12:
            ended += 1
            time.sleep(3.5)
        return packet

    proxy = ChangingProxy(start_peer("--codec", codec).port, packet=packet)
    address = address_of(f"rtsp://127.0.0.1:{proxy.port}/camera")
    with (
        closing(proxy),
        closing(NetworkStream(address, ConnectOptions(stall_seconds=6))) as stream,
    ):
        pictures = list(islice(stream.pictures(), 40))

    _first, *times = [picture.pts if picture else None for picture in pictures]
    assert ended > 12
    assert all(a is not None and b is not None and a < b for a, b in pairwise(times))
