"""MPEG-TS that is sent over UDP, whoever listens."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import cycle, pairwise
from pathlib import Path
from threading import Event, Thread

import av
import pytest

from sources.frame import Frame
from sources.live.opener import open_live
from tests.support.patience import PATIENCE_SECONDS
from tests.support.servers.peers import free_port
from tests.support.viewing.reader import Reader

pytestmark = pytest.mark.slow

DATAGRAM = 7 * 188
RATE = 25


def part(path: Path, size: tuple[int, int], first: int) -> bytes:
    """Returns a second of pictures with B frames, from number `first` on."""
    with av.open(str(path), "w", format="mpegts") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height = size
        stream.time_base = stream.codec_context.time_base = Fraction(1, RATE)
        stream.options = {"x264-params": "bframes=2:b-adapt=0:keyint=25:threads=1"}
        for number in range(first, first + RATE):
            picture = av.VideoFrame(*size)
            for plane in picture.planes:
                plane.update(bytes([number % 256]) * plane.buffer_size)
            picture.pts, picture.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path.read_bytes()


@contextmanager
def broadcast(port: int, film: bytes) -> Iterator[None]:
    """Sends a film of three seconds over and over, as fast as it plays."""
    over = Event()

    def send() -> None:
        pieces = range(0, len(film), DATAGRAM)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for start in cycle(pieces):
                sender.sendto(film[start : start + DATAGRAM], ("127.0.0.1", port))
                if over.wait(3 / len(pieces)):
                    return

    thread = Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(PATIENCE_SECONDS)


def test_a_size_that_changes_within_a_stream_is_followed(
    read: type[Reader], tmp_path: Path
) -> None:
    parts = (((160, 96), 0), ((320, 180), RATE), ((160, 96), 2 * RATE))
    film = b"".join(part(tmp_path / "a.ts", *each) for each in parts)
    port = free_port()
    reader = read(open_live(f"udp://127.0.0.1:{port}"))

    frames: list[Frame] = []
    with broadcast(port, film):
        while len({frame.picture.width for frame in frames}) < 2:
            frames += reader.frames(1)

    assert all(a.pts < b.pts for a, b in pairwise(frames))
    assert reader.stream.link.reconnects == 0
