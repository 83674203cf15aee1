"""How far audio and pictures of a camera lie apart on each way out.

A camera flashes when it beeps, to within one picture (40 ms) and the delay of its own
encoder (AAC: 21 ms). Each way out is read back as a player would, and the times of
flashes and beeps are compared: figures that do not depend on the speed of the machine.
`python -m benchmarks.live.bench_audio --json`.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import av

from benchmarks.support.live_parts import PassThrough
from benchmarks.support.measure import RESULTS, document, save
from sinks import Sink, open_sink
from sinks.live.opener import output_for
from sinks.live.recorder import Segments
from sinks.live.sink import LiveSink
from sources.live.opener import open_live
from streamer.live.pipeline import LivePipeline
from tests.support.media.beats import CODECS, offsets_ms
from tests.support.servers.peers import RtspPeer, eventually, free_port

_SUFFIXES = ("mp4", "mov", "mkv", "webm")
_RECORDINGS = ("mp4", "mkv", "ts")
_RECONNECT = "mp4, camera came back"
Found = dict[str, float | int | bool]


@contextmanager
def camera(codec: str) -> Iterator[RtspPeer]:
    """Is a camera that flashes and beeps until the block ends."""
    peer = RtspPeer("--flash", "--audio", codec).start()
    try:
        yield peer
    finally:
        peer.kill()


@contextmanager
def running(peer: RtspPeer, sink: Sink) -> Iterator[LivePipeline]:
    """Runs from the camera into the sink; afterwards its files are complete."""
    with closing(open_live(peer.url())) as source, closing(sink):
        pipeline = LivePipeline(source, PassThrough(), sink)
        thread = Thread(target=pipeline.run, daemon=True)
        thread.start()
        try:
            yield pipeline
        finally:
            pipeline.stop()
            thread.join(10)


def wait_for(pipeline: LivePipeline, seconds: float) -> None:
    """Waits until so many seconds of pictures went out."""
    until = pipeline.counts.frames_out + round(25 * seconds)
    eventually(lambda: pipeline.counts.frames_out >= until, seconds=seconds + 20)


def offsets(address: str, count: int = 1000, **options: str) -> Found:
    """Returns the greatest offset, and of how many beeps; or that none is carried."""
    try:
        found = offsets_ms(address, count, **options)
    except AssertionError:
        return {"carried": False}
    latest, earliest = round(max(found), 1), round(min(found), 1)
    return {
        "carried": True,
        "beeps": len(found),
        "latest_ms": latest,
        "earliest_ms": earliest,
    }


def live_ways(codec: str, folder: Path) -> dict[str, Found]:
    """Measures servers, viewers, HLS and recordings in one run."""
    place = f"127.0.0.1:{free_port()}/clean"
    servers = {
        "rtsp": ({"rtsp_flags": "listen", "listen_timeout": "20"}, free_port()),
        "rtmp": ({"listen": "1"}, free_port()),
    }
    with camera(codec) as peer, ThreadPoolExecutor() as readers:
        reading: dict[str, Future[Found]] = {}
        urls = []
        for scheme, (options, port) in servers.items():
            urls.append(f"{scheme}://127.0.0.1:{port}/live/clean")
            reading[scheme] = readers.submit(offsets, urls[-1], 6, **options)
        sink = LiveSink(
            [
                *(output_for(url) for url in (f"serve://{place}", *urls)),
                output_for(str(folder / "index.m3u8")),
                *(
                    Segments(f"{folder}/%H%M%S.{suffix}", seconds=60)
                    for suffix in _RECORDINGS
                ),
            ]
        )
        with running(peer, sink) as pipeline:
            wait_for(pipeline, 2)
            reading["serve"] = readers.submit(offsets, f"rtsp://{place}", 5)
            wait_for(pipeline, 2)
            late = readers.submit(offsets, f"rtsp://{place}", 3)
            reading["serve, late viewer"] = late
            done = {way: future.result() for way, future in reading.items()}
            wait_for(pipeline, 2)
    for suffix in _RECORDINGS:
        [path] = folder.glob(f"[0-9]*.{suffix}")
        done[f"--record {suffix}"] = offsets(str(path))
        path.unlink()
    return {**done, "hls": offsets(str(folder / "index.m3u8"))}


def file_ways(codec: str, folder: Path) -> dict[str, Found]:
    """Measures plain files, one after the other, and one while a camera restarts."""
    done = {}
    for way in (*_SUFFIXES, _RECONNECT):
        path = folder / f"out.{way[:4].rstrip(',')}"
        with camera(codec) as peer:
            with running(peer, open_sink(str(path))) as pipeline:
                wait_for(pipeline, 4)
                if way == _RECONNECT:
                    peer.start()
                    wait_for(pipeline, 4)
            done[way] = offsets(str(path))
    return done


def camera_alone(codec: str) -> Found:
    """Reads the camera itself."""
    with camera(codec) as peer:
        return offsets(peer.url(), 4)


def measure() -> dict[str, dict[str, Found]]:
    """Returns what was found, by codec and way."""
    found = {}
    for codec in CODECS:
        with TemporaryDirectory() as name:
            folder = Path(name)
            found[codec] = {
                "camera alone": camera_alone(codec),
                **live_ways(codec, folder),
                **file_ways(codec, folder),
            }
        sys.stderr.write(f"{codec}: measured\n")
    return found


def main() -> None:
    """Measures and prints, or writes JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", nargs="?", const=str(RESULTS / "audio.json"))
    wanted = parser.parse_args()
    done = document("audio", {"rate": 25, "flash_within_ms": 40}, measure())
    if wanted.json:
        save(done, Path(wanted.json))
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(done["results"], indent=2) + "\n")


if __name__ == "__main__":
    av.logging.set_level(None)
    main()
