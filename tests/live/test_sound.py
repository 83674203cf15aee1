"""The camera's sound goes with the pictures."""

from itertools import islice, pairwise
from pathlib import Path
from threading import Thread

import av
import pytest

from sinks.live_opener import open_live_sink
from sinks.segments import Segments
from sources.live_opener import open_live
from streamer.live import LivePipeline
from tests.fakes import PassThrough
from tests.live.conftest import StartPeer
from tests.live.peers import eventually, free_port

pytestmark = pytest.mark.slow


def test_sound_is_recorded_and_pushed_in_time_with_the_pictures(
    start_peer: StartPeer, tmp_path: Path
) -> None:
    url = f"rtmp://127.0.0.1:{free_port()}/live/clean"
    came: list[tuple[str, float]] = []

    def receive() -> None:
        with av.open(url, options={"listen": "1"}, timeout=(15, 5)) as server:
            for packet in islice(server.demux(), 150):
                if packet.pts is not None:
                    kind = str(packet.stream.type)
                    came.append((kind, float(packet.pts * packet.time_base)))

    receiver = Thread(target=receive, daemon=True)
    receiver.start()
    peer = start_peer("--sound", "aac")
    record = Segments(f"{tmp_path}/%H%M%S.mp4", seconds=60)
    sink = open_live_sink(url, record=record)
    pipeline = LivePipeline(open_live(peer.url()), PassThrough(), sink)
    runner = Thread(target=pipeline.run, daemon=True)
    runner.start()

    eventually(lambda: len(came) > 140, seconds=20)
    eventually(lambda: pipeline.counts.frames_out > 75, seconds=10)
    pipeline.stop()
    runner.join(5)
    sink.close()

    pushed = {kind: [t for k, t in came if k == kind] for kind in ("video", "audio")}
    assert len(pushed["audio"]) > 50
    assert abs(pushed["audio"][-1] - pushed["video"][-1]) < 0.5
    [path] = tmp_path.iterdir()
    with av.open(str(path)) as file:
        assert [stream.type for stream in file.streams] == ["video", "audio"]
        heard = [frame.time or 0.0 for frame in file.decode(audio=0)]
    with av.open(str(path)) as file:
        shown = [frame.time or 0.0 for frame in file.decode(video=0)]
    assert abs(heard[-1] - shown[-1]) < 0.5
    assert max(b - a for a, b in pairwise(heard)) < 0.1
    assert pipeline.report("camera", "rtmp").audio_packets > 50
