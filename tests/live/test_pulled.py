"""HLS and files behind a web server, read as a live stream."""

import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path

import pytest

from sinks.hls import Hls
from sources.live_opener import open_live
from tests.conftest import MakeClip
from tests.sinks.test_segments import send

pytestmark = pytest.mark.slow


class Quiet(SimpleHTTPRequestHandler):
    """Shows a folder and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def website(tmp_path: Path) -> Iterator[str]:
    handler = partial(Quiet, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def read(url: str, count: int) -> float:
    """Returns the seconds from the first picture to the last."""
    stream = open_live(url)
    frames = iter(stream)
    next(frames)
    begun = time.monotonic()
    for _ in islice(frames, count - 1):
        pass
    stream.close()
    return time.monotonic() - begun


def test_hls_is_played_at_its_own_speed(website: str, tmp_path: Path) -> None:
    send(Hls(tmp_path / "index.m3u8"), 50)

    assert read(f"{website}/index.m3u8", 20) == pytest.approx(1.9, abs=0.3)


def test_a_film_behind_http_is_played_at_its_own_speed(
    website: str, make_clip: MakeClip
) -> None:
    make_clip("clip.mp4", frames=50, rate=25)

    assert read(f"{website}/clip.mp4", 26) == pytest.approx(1.0, abs=0.3)
