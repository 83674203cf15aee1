"""Cameras that send a picture now and then: opened once, and given the time."""

from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sources.address import address_of
from sources.live.network.connection import NetworkStream
from sources.live.reconnect import Patience
from tests.conftest import MakeClip

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
