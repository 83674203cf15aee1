"""Lets two live streams run while everything around them fails, and looks for leaks.

A camera is served, another is pushed and recorded on a small disk; every `--every`
seconds something is killed, frozen or full. What is watched: memory, threads,
descriptors, children and viewers of the program.
`python -m benchmarks.live.soak --minutes 30 --json`; it mounts the disk where only the
program sees it, which wants `unshare` (as root, or with user namespaces).
"""

import argparse
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from itertools import cycle
from pathlib import Path
from typing import Any

import av

from benchmarks.support.measure import RESULTS, document, save
from benchmarks.support.soak_scene import (
    DISK_MIB,
    SEGMENT_SECONDS,
    Sample,
    Scene,
    children_of,
    scene,
)
from sinks.errors import SinkError
from sinks.live.worker.rtsp_client.client import RtspClient
from tests.support.servers.peers import RtspPeer, eventually

_FREEZE_SECONDS = 6.0


def _fill(now: Scene) -> None:
    """Leaves no room on the disk for a while."""
    filler = now.disk / "filler"
    with suppress(OSError), filler.open("wb") as file:
        for _ in range(DISK_MIB):
            file.write(bytes(1 << 20))
            file.flush()
    time.sleep(_FREEZE_SECONDS)
    filler.unlink()


def _frozen(peer: RtspPeer) -> None:
    peer.freeze()
    time.sleep(_FREEZE_SECONDS)
    peer.thaw()


def _restarted(peer: RtspPeer) -> None:
    peer.kill()
    peer.start()


def _kill_child(now: Scene, name: str) -> None:
    for number, arguments in now.children().items():
        if name in arguments:
            os.kill(number, signal.SIGKILL)


def _look(now: Scene) -> None:
    with av.open(now.served, options={"rtsp_transport": "tcp"}, timeout=(5, 5)) as view:
        next(view.decode(video=0))


def _freeze_viewer(now: Scene) -> None:
    """Leaves a viewer who reads no more; the one of the last round is closed."""
    while now.frozen_viewers:
        now.frozen_viewers.pop().close()
    lazy = RtspClient(now.served, seconds=10, receive_buffer=4096)
    now.frozen_viewers.append(lazy)
    lazy.play()
    lazy.packet()


def _away(peer: RtspPeer) -> None:
    peer.kill()
    time.sleep(_FREEZE_SECONDS)
    peer.start()


FAULTS: dict[str, Callable[[Scene], None]] = {
    "camera killed": lambda now: _restarted(now.gate),
    "push server killed": lambda now: _restarted(now.server),
    "viewer comes and goes": _look,
    "camera frozen": lambda now: _frozen(now.yard),
    "push child killed": lambda now: _kill_child(now, "worker.push"),
    "push server frozen": lambda now: _frozen(now.server),
    "viewer frozen": _freeze_viewer,
    "disk full": _fill,
    "push server away": lambda now: _away(now.server),
    "serve child killed": lambda now: _kill_child(now, "rtsp_server"),
}


def soak(seconds: float, every: float) -> dict[str, Any]:
    """Runs for `seconds` and returns what was seen."""
    with tempfile.TemporaryDirectory() as name, scene(Path(name)) as now:
        eventually(lambda: _flows(now), seconds=60, what="both streams flow")
        begun = time.monotonic()
        samples: list[Sample] = []
        done: list[str] = []
        for error, act in cycle(FAULTS.items()):
            left = seconds - (time.monotonic() - begun)
            if left < every:
                break
            with suppress(
                av.FFmpegError, OSError, SinkError
            ):  # a viewer may meet the error before
                act(now)
            done.append(error)
            until = begun + len(done) * every
            while time.monotonic() < until:
                time.sleep(1)
            samples.append(now.sample(begun))
        before = now.frames()
        eventually(lambda: _further(now, before), seconds=20, what="streams flow again")
        last = now.sample(begun)
        worker = now.worker()
        now.program.send_signal(signal.SIGINT)
        status = now.program.wait(20)
        seen = _seen([*samples, last], done, time.monotonic() - begun)
        orphans = len(children_of(worker))
        files = _files(now.disk, done.count("disk full"))
        return seen | {"exit": status, "orphans": orphans} | files


def _flows(now: Scene) -> bool:
    with suppress(OSError):
        return len([n for n in now.frames().values() if n > 25]) == 2
    return False


def _further(now: Scene, before: dict[str, float]) -> bool:
    after = now.frames()
    return all(after[name] > before[name] + 25 for name in before)


def _seen(samples: list[Sample], done: list[str], seconds: float) -> dict[str, Any]:
    """Returns how much grew from the first third's end to the end."""
    early = samples[len(samples) // 3 : len(samples) // 3 + 5]
    late = samples[-5:]

    def growth(key: str) -> float:
        first = statistics.median(getattr(sample, key) for sample in early)
        last = statistics.median(getattr(sample, key) for sample in late)
        return round(last / first - 1, 4)

    return {
        "seconds": round(seconds),
        "faults": len(done),
        "rss_growth": growth("rss_mib"),
        "threads_growth": growth("threads"),
        "descriptors_growth": growth("descriptors"),
        "most_children": max(sample.children for sample in samples),
        "most_viewers": max(sample.viewers for sample in samples),
        "faults_of": {name: done.count(name) for name in FAULTS},
        "samples": [
            asdict(sample) for sample in samples[:: max(len(samples) // 20, 1)]
        ],
    }


def _files(folder: Path, cut: int) -> dict[str, Any]:
    """Counts the recordings, those that show nothing, and those that end in damage."""
    paths = sorted(folder.glob("*.mp4"))
    found = [_played(path) for path in paths]
    length = sum(times[-1] - times[0] for times, _ in found if times)
    return {
        "files": len(paths),
        "files_cut_by_full_disk": cut,
        "files_expected": round(length / SEGMENT_SECONDS),
        "files_broken": sum(not times for times, _ in found),
        "files_with_a_damaged_end": sum(not whole for times, whole in found if times),
        "recorded_seconds": round(length, 1),
    }


def _played(path: Path) -> tuple[list[float], bool]:
    """Returns the times of the pictures, and whether the file plays to its end."""
    times: list[float] = []
    try:
        with av.open(str(path)) as container:
            times.extend(frame.time or 0.0 for frame in container.decode(video=0))
    except (av.FFmpegError, IndexError):
        return times, False
    return times, True


def main() -> None:
    """Soaks and prints, or writes JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=20)
    parser.add_argument("--json", nargs="?", const=str(RESULTS / "soak.json"))
    wanted = parser.parse_args()
    found = soak(wanted.minutes * 60, wanted.every)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")  # first: half an hour's work
    sys.stdout.flush()
    if wanted.json:
        settings = {"minutes": wanted.minutes, "every_seconds": wanted.every}
        save(document("soak", settings, found), Path(wanted.json))


if __name__ == "__main__":
    main()
