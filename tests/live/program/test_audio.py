"""The camera's audio goes with the pictures, and stays with them.

The camera flashes when it beeps, to within one picture (40 ms); what comes out is read
back as a player would.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Thread

import av
import pytest

from sinks.files.video import VideoFile
from sinks.live.opener import open_live_sink, output_for
from sinks.live.recorder import Segments
from sinks.live.sink import LiveSink
from sinks.sink import Sink
from sources.live.opener import open_live
from streamer.live.pipeline import LivePipeline
from tests.live.conftest import StartPeer
from tests.support.fakes import PassThrough
from tests.support.media.beats import CODECS, INFO, Beeps, offsets_ms, pictures
from tests.support.servers.peers import (
    PATIENCE_SECONDS,
    RtspPeer,
    eventually,
    free_port,
    viewer_that_stops_reading,
)
from tests.support.viewing.viewers import first_pictures

pytestmark = pytest.mark.slow

IN_SYNC_MS = 80
Run = Callable[[RtspPeer, Sink], LivePipeline]


@pytest.fixture
def run() -> Iterator[Run]:
    """Runs from a camera into a sink until the test ends it, or ends."""
    running: list[tuple[LivePipeline, Thread, Sink]] = []

    def begin(peer: RtspPeer, sink: Sink) -> LivePipeline:
        pipeline = LivePipeline(open_live(peer.url()), PassThrough(), sink)
        thread = Thread(target=pipeline.run, daemon=True)
        thread.start()
        running.append((pipeline, thread, sink))
        return pipeline

    yield begin
    for pipeline, thread, sink in running:
        pipeline.stop()
        thread.join(PATIENCE_SECONDS)
        sink.close()


def stopped(pipeline: LivePipeline, sink: Sink) -> None:
    """Ends a run and waits until its files are complete."""
    pipeline.stop()
    eventually(lambda: pipeline._ended_ns > pipeline._begun_ns)
    sink.close()


def in_sync(offsets: list[float], beeps: int = 1) -> bool:
    return len(offsets) >= beeps and max(map(abs, offsets)) < IN_SYNC_MS


def serving() -> tuple[str, LiveSink]:
    place = f"127.0.0.1:{free_port()}/clean"
    return f"rtsp://{place}", open_live_sink(f"serve://{place}")


def served(pipeline: LivePipeline, sink: LiveSink) -> None:
    """Waits until viewers can come."""
    child = sink.outputs[0]
    eventually(
        lambda: bool(getattr(child, "connected")) and pipeline.counts.frames_out > 25  # noqa: B009
    )


@pytest.mark.parametrize("codec", CODECS)
def test_viewers_hear_the_camera_in_time_early_and_late(
    start_peer: StartPeer, run: Run, codec: str
) -> None:
    url, sink = serving()
    pipeline = run(start_peer("--audio", codec, "--flash"), sink)
    served(pipeline, sink)

    with ThreadPoolExecutor() as viewers:
        early = viewers.submit(offsets_ms, url, 4)
        seen = pipeline.counts.frames_out  # the other one comes late
        eventually(lambda: pipeline.counts.frames_out > seen + 40)
        late = viewers.submit(offsets_ms, url, 2)

    assert in_sync(early.result(), beeps=4)
    assert in_sync(late.result(), beeps=2)


@pytest.mark.parametrize(
    ("scheme", "codec"),
    [*[("rtsp", codec) for codec in CODECS], ("rtmp", "aac"), ("rtmp", "pcm_alaw")],
)
def test_servers_are_pushed_the_audio_in_time(
    start_peer: StartPeer, run: Run, scheme: str, codec: str
) -> None:
    url = f"{scheme}://127.0.0.1:{free_port()}/live/clean"
    listen = {
        "rtsp": {"rtsp_flags": "listen", "listen_timeout": "20"},
        "rtmp": {"listen": "1"},
    }[scheme]
    peer = start_peer("--audio", codec, "--flash")

    with ThreadPoolExecutor() as server:
        heard = server.submit(lambda: offsets_ms(url, 3, **listen))
        run(peer, open_live_sink(url))

    assert in_sync(heard.result(), beeps=3)


@pytest.mark.parametrize("codec", ["aac", "pcm_alaw", "pcm_mulaw"])
def test_a_file_hls_and_recordings_have_the_audio_in_time(
    start_peer: StartPeer, run: Run, tmp_path: Path, codec: str
) -> None:
    peer = start_peer("--audio", codec, "--flash")
    file = VideoFile(tmp_path / "out.mp4")
    record = Segments(f"{tmp_path}/rec%H%M%S.mp4", seconds=60)
    playlist = tmp_path / "index.m3u8"
    sinks: list[LiveSink | VideoFile] = [
        LiveSink([output_for(str(playlist)), record]),
        file,
    ]

    for sink in sinks:
        pipeline = run(peer, sink)
        counts = pipeline.counts
        eventually(lambda: counts.frames_out > 85)  # noqa: B023 - at once
        stopped(pipeline, sink)
        assert pipeline.report("camera", "files").audio_packets > 100

    for path in (playlist, next(tmp_path.glob("rec*.mp4")), file.path):
        assert in_sync(offsets_ms(str(path)), beeps=3)


@pytest.mark.parametrize("codec", ["aac", "pcm_alaw"])
def test_audio_and_pictures_stay_together_when_the_camera_comes_back(
    start_peer: StartPeer, run: Run, tmp_path: Path, codec: str
) -> None:
    peer = start_peer("--audio", codec, "--flash")
    file = VideoFile(tmp_path / "out.mkv")
    pipeline = run(peer, file)
    eventually(lambda: pipeline.counts.frames_out > 60)

    peer.start()
    seen = pipeline.counts.frames_out
    eventually(lambda: pipeline.counts.frames_out > seen + 80)
    stopped(pipeline, file)

    found = offsets_ms(str(file.path))
    assert pipeline.snapshot().reconnects == 1
    assert in_sync(found, beeps=4)


@pytest.mark.parametrize("back_with", [[], ["--audio", "opus"]])
def test_the_pictures_go_on_when_the_camera_comes_back_with_other_audio(
    start_peer: StartPeer,
    run: Run,
    caplog: pytest.LogCaptureFixture,
    back_with: list[str],
) -> None:
    url, sink = serving()
    peer = start_peer("--audio", "pcm_alaw", "--flash")
    pipeline = run(peer, sink)
    served(pipeline, sink)

    def returned(*options: str) -> None:
        peer.start("--flash", *options)
        seen = pipeline.counts.frames_out
        eventually(lambda: pipeline.counts.frames_out > seen + 40)

    with ThreadPoolExecutor() as viewers:
        watching = viewers.submit(first_pictures, url, 150)
        returned(*back_with)
        assert watching.result(timeout=PATIENCE_SECONDS) == 150
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=(60, 60)) as stream:
        assert [stream.type for stream in stream.streams] == ["video"]

    told = [record for record in caplog.records if record.name == "derain.audio"]
    assert len(told) == 1
    assert "the pictures go on without" in told[0].getMessage()

    returned("--audio", "pcm_alaw")
    eventually(lambda: heard(url))


def heard(url: str) -> bool:
    try:
        return in_sync(offsets_ms(url, 1))
    except (AssertionError, av.FFmpegError):
        return False


class Feeder:
    """Flashes and beeps, written into a server at their own speed.

    A packet of audio is lost with each picture, as on a bad network.
    """

    def __init__(self, sink: LiveSink) -> None:
        beeps = Beeps("pcm_alaw", 120)
        sink.expect_audio(beeps.kind)
        sink.begin(INFO)
        self.mute = False
        self.written = 0
        self._sink, self._packets, self._going = sink, iter(beeps.packets), True
        self._thread = Thread(target=self._feed, daemon=True)
        self._thread.start()

    def _feed(self) -> None:
        begun = time.monotonic()
        for frame in pictures(120):
            while (packet := next(self._packets)).pts < frame.pts:
                if not self.mute:
                    self._sink.take_audio(packet)
            self._sink.write(frame)
            self.written += 1
            time.sleep(max(begun + frame.pts / 90_000 - time.monotonic(), 0))
            if not self._going:
                return

    def close(self) -> None:
        self._going = False
        self._thread.join(PATIENCE_SECONDS)
        self._sink.close()


def test_neither_lost_audio_nor_a_viewer_that_stops_reading_harms_the_rest(
    gstreamer: None,
) -> None:
    url, sink = serving()
    with closing(Feeder(sink)) as feeder:
        eventually(lambda: heard(url))
        with viewer_that_stops_reading(url, "audio"):
            assert in_sync(offsets_ms(url, 5), beeps=5)
            assert in_sync(offsets_ms(url, 1))
            seen = feeder.written
            eventually(lambda: feeder.written > seen + 50)


def test_the_first_viewer_over_udp_is_in_time_beside_one_over_tcp(
    gstreamer: None,
) -> None:
    url, sink = serving()
    with closing(Feeder(sink)) as feeder, ThreadPoolExecutor() as viewers:
        eventually(lambda: heard(url))
        over_tcp = viewers.submit(offsets_ms, url, 6)
        seen = feeder.written  # the other one comes some time after the first reports
        eventually(lambda: feeder.written > seen + 35)

        over_udp = viewers.submit(offsets_ms, url, 4, rtsp_transport="udp")

    assert in_sync(over_udp.result()[1:], beeps=3)  # a report comes within a second
    assert in_sync(over_tcp.result(), beeps=6)


def test_a_viewer_does_not_wait_for_audio_that_has_just_gone(gstreamer: None) -> None:
    url, sink = serving()
    with closing(Feeder(sink)) as feeder:
        eventually(lambda: heard(url))

        feeder.mute = True

        assert first_pictures(url) == 5
