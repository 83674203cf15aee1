"""Which tracks of a stream are read, where there are several."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from threading import Thread

import av
import pytest

from sources.address import address_of
from sources.live.network.connection import NetworkStream

pytestmark = pytest.mark.slow

SMALL, LARGE = (160, 96), (320, 180)
RATE = 25
SECONDS = 4


def film(path: Path, *sizes: tuple[int, int], **options: str) -> None:
    """Writes a film with a track of pictures for each size."""
    with av.open(str(path), "w", options=options) as container:
        tracks = []
        for width, height in sizes:
            track = container.add_stream("libx264", rate=RATE)
            track.width, track.height = width, height
            track.options = {"preset": "ultrafast", "g": str(RATE)}
            tracks.append(track)
        for number in range(SECONDS * RATE):
            for track in tracks:
                picture = av.VideoFrame(track.width, track.height)
                picture.pts, picture.time_base = number, Fraction(1, RATE)
                container.mux(track.encode(picture))
        for track in tracks:
            container.mux(track.encode())


@contextmanager
def website(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Gives its address, and what it is asked for."""
    asked: list[str] = []

    class Telling(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            asked.append(self.path)

    handler = partial(Telling, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def test_of_two_tracks_the_larger_one_is_read_whichever_is_first(
    tmp_path: Path,
) -> None:
    for name, sizes in (("a.ts", (SMALL, LARGE)), ("b.ts", (LARGE, SMALL))):
        film(tmp_path / name, *sizes)
        with website(tmp_path) as (at, _):
            address = address_of(f"{at}/{name}")
            with closing(NetworkStream(address)) as stream:
                pictures = list(islice(stream.pictures(), 2))

        assert {(each.width, each.height) for each in pictures if each} == {LARGE}


def test_of_a_playlist_with_choices_the_best_alone_is_fetched(tmp_path: Path) -> None:
    lines = ["#EXTM3U"]
    for name, size, bits in (("low", SMALL, 100_000), ("high", LARGE, 900_000)):
        film(tmp_path / f"{name}.m3u8", size, hls_time="1", hls_list_size="0")
        lines += [f"#EXT-X-STREAM-INF:BANDWIDTH={bits}", f"{name}.m3u8"]
    (tmp_path / "all.m3u8").write_text("\n".join([*lines, ""]))

    with website(tmp_path) as (at, asked):
        address = address_of(f"{at}/all.m3u8")
        with closing(NetworkStream(address)) as stream:
            pictures = list(islice(stream.pictures(), 2 * RATE))

    assert {(each.width, each.height) for each in pictures if each} == {LARGE}
    assert len([each for each in asked if each.endswith("low1.ts")]) == 0
    assert len([each for each in asked if each.endswith("high1.ts")]) == 1
