"""Clips served over HTTP as live streams, and read back."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any

from sources.frame import Frame
from sources.live.opener import open_live
from sources.nvdec import GpuDecoding
from tests.support.patience import PATIENCE_SECONDS


def read(url: str, count: int, how: GpuDecoding | None) -> tuple[Any, list[Frame]]:
    stream: Any = open_live(url)
    if how is not None:
        assert stream.decode_on_gpu(how) == ""
    frames = list(islice(stream, count))
    stream.close()
    return stream, frames


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serves a folder over HTTP, quietly; gives its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    look = {"poll_interval": 0.01}  # how often it looks whether it shall end
    thread = Thread(target=server.serve_forever, kwargs=look, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE_SECONDS)
