"""From the camera's picture to the viewer's: how much of the delay is the pipeline's.

A camera with a clock in its picture is read directly, then through a whole run that
serves or pushes. The difference is what the pipeline adds: reading, conversion, a
network that copies, encoding, and the way through the child. Camera, run and viewer
are processes of their own. `python -m benchmarks.live.bench_latency --json`.
"""

import argparse
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.support.live_parts import PassThrough, age_ms
from benchmarks.support.measure import RESULTS, child_environment, document, save
from streamer.live.open import opened_live

_SELF = "benchmarks.live.bench_latency"
_SETTLE = 60
"""Pictures that are left out: a viewer begins with a burst of older ones."""
_OPTIONS = {"rtsp_transport": "tcp", "analyzeduration": "200000"}

_LISTEN = {"rtsp_flags": "listen", "listen_timeout": "20"}


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Runs a part of the benchmark until the block ends."""
    child = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-m", *arguments],
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        child.terminate()
        child.communicate(timeout=20)


def watch(url: str, frames: int, *, listen: bool = False) -> dict[str, float]:
    """Reads pictures and returns their ages when decoded, in milliseconds."""
    options = {**_OPTIONS, **(_LISTEN if listen else {})}
    ages: list[int] = []
    with _opened(url, options, listen=listen) as stream:
        for picture in stream.decode(video=0):
            ages.append(age_ms(picture))
            if len(ages) == frames + _SETTLE:
                break
    good = [age for age in ages[_SETTLE:] if age < 60_000]
    return {
        "p50_ms": float(np.percentile(good, 50)),
        "p95_ms": float(np.percentile(good, 95)),
        "frames": len(good),
        "unreadable": len(ages) - _SETTLE - len(good),
    }


def _opened(url: str, options: dict[str, str], *, listen: bool) -> Any:
    until = time.monotonic() + 20
    while True:
        try:
            return av.open(url, options=options, timeout=(20 if listen else 5, 5))
        except av.FFmpegError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def run_until_told(source: str, sink: str) -> None:
    """One whole run; prints its report when it is terminated."""
    with opened_live(source, sink, network=PassThrough) as pipeline:
        import signal

        signal.signal(signal.SIGTERM, lambda *_: pipeline.stop())
        pipeline.run()
        report = pipeline.report("camera", "viewer")
    sys.stdout.write(json.dumps({"latency_ms": report.latency_ms.p95_ms}) + "\n")


def measure(size: tuple[int, int], rate: int, frames: int) -> dict[str, Any]:
    """Returns the delays of the camera alone and of both ways through a run."""
    place = f"127.0.0.1:{free_port()}/camera"
    numbers = [str(number) for number in (*size, rate)]
    camera = ["benchmarks.support.live_parts", place, *numbers]
    found: dict[str, Any] = {}
    with process(*camera):
        source = f"rtsp://{place}"
        found["camera alone"] = watch(source, frames)
        clean = f"127.0.0.1:{free_port()}/clean"
        with process(_SELF, "--run", source, f"serve://{clean}"):
            found["serve"] = watch(f"rtsp://{clean}", frames)
        target = f"rtsp://127.0.0.1:{free_port()}/clean"
        with process(_SELF, "--run", source, target):
            found["push"] = watch(target, frames, listen=True)
    for way in ("serve", "push"):
        for key in ("p50_ms", "p95_ms"):
            own = found[way][key] - found["camera alone"][key]
            found[way][f"own_{key}"] = round(own, 1)
    return found


def main() -> None:
    """Measures and prints, or writes JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", nargs=2)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--rate", type=int, default=30)
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("--json", nargs="?", const=str(RESULTS / "latency.json"))
    wanted = parser.parse_args()
    if wanted.run:
        run_until_told(*wanted.run)
        return
    width, height = map(int, wanted.size.split("x"))
    found = measure((width, height), wanted.rate, wanted.frames)
    settings = {"size": [width, height], "rate": wanted.rate, "frames": wanted.frames}
    done = document("latency", settings, found)
    if wanted.json:
        save(done, Path(wanted.json))
    sys.stdout.write(json.dumps(done["results"], indent=2) + "\n")


if __name__ == "__main__":
    main()
