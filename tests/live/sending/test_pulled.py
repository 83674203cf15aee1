"""HLS and files behind a web server, read as a live stream."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path

import pytest

from sinks import open_sink
from sinks.files.video import VideoFile
from sinks.live.hls import Hls
from sinks.live.sink import LiveSink
from sources.frame import RgbArray
from sources.live.opener import open_live
from streamer.live.pipeline import LivePipeline
from tests.conftest import MakeClip
from tests.sinks.live.test_recorder import send
from tests.support.fakes import FakePending, PassThrough
from tests.support.media.beats import INFO, Beeps, offsets_ms, pictures
from tests.support.probe import look_at

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
    """Returns the seconds from the first picture to the last, as they arrived."""
    stream = open_live(url)
    frames = list(islice(stream, count))
    stream.close()
    return (frames[-1].arrived_ns - frames[0].arrived_ns) / 1e9


def test_hls_is_played_no_faster_than_it_was_taken(
    website: str, tmp_path: Path
) -> None:
    send(Hls(tmp_path / "index.m3u8"), 50)

    assert read(f"{website}/index.m3u8", 20) > 1


class Recording(PassThrough):
    """Remembers the sizes of what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: set[tuple[int, ...]] = set()

    def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
        self.sizes.add(picture.shape[:2])
        return super().start(picture, out)


def test_a_stream_with_a_turning_flag_is_derained_upright(
    website: str, make_clip: MakeClip, tmp_path: Path
) -> None:
    make_clip("clip.mp4", frames=50, rate=25, rotation=90, size=(96, 64))
    network, sink = Recording(), open_sink(str(tmp_path / "out.mp4"))
    source = open_live(f"{website}/clip.mp4")

    LivePipeline(source, network, sink, max_frames=5).run()

    assert network.sizes == {(96, 64)}
    assert look_at(tmp_path / "out.mp4").rotations == {90}


@pytest.mark.parametrize("name", ["clip.mp4", "clip.ts"])
def test_a_film_behind_http_is_played_no_faster_than_it_was_taken(
    website: str, make_clip: MakeClip, name: str
) -> None:
    make_clip(name, frames=50, rate=25)

    assert read(f"{website}/{name}", 50) > 1


def test_the_audio_of_hls_goes_into_a_file_in_time(
    website: str, tmp_path: Path
) -> None:
    beeps = Beeps("aac", 5)
    hls = LiveSink([Hls(tmp_path / "index.m3u8")], sleep=lambda _seconds: None)
    hls.expect_audio(beeps.kind)
    hls.begin(INFO)
    for packet in beeps.packets:
        hls.take_audio(packet)
    for frame in pictures(5):
        hls.write(frame)
    hls.close()
    file = VideoFile(tmp_path / "out.mp4")

    source = open_live(f"{website}/index.m3u8")
    LivePipeline(source, PassThrough(), file, max_frames=100).run()

    found = offsets_ms(str(file.path))
    assert len(found) >= 2
    assert max(map(abs, found)) < 80
