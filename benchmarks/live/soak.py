"""Lets two live streams run while everything around them fails, and looks for leaks.

A camera is served, another is pushed and recorded; every `--every` seconds something
is killed or frozen. What is watched: memory, threads, descriptors and children of the
program. `python -m benchmarks.live.soak --minutes 30 --json`.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import av

from benchmarks.support.measure import PROJECT, RESULTS, document, save
from sinks.errors import SinkError
from sinks.live.worker.rtsp_client.client import RtspClient
from tests.support.servers.peers import RtspPeer, eventually, free_port

_FREEZE_SECONDS = 6.0
_SEGMENT_SECONDS = 10
_PROGRAM = PROJECT / "tests" / "derain_pass_through.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The program at one moment."""

    seconds: float
    rss_mib: float
    threads: int
    descriptors: int
    children: int


@dataclass(slots=True, kw_only=True)
class Scene:
    """Two cameras, a server to push to, and the program between them."""

    gate: RtspPeer
    yard: RtspPeer
    server: RtspPeer
    served: str
    metrics: str
    folder: Path
    program: subprocess.Popen[bytes]
    frozen_viewers: list[RtspClient] = field(default_factory=list)

    def children(self) -> dict[int, str]:
        """Returns the program's children: number and arguments."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == self.program.pid and fields[0] != "Z":
                    found[int(entry.name)] = (entry / "cmdline").read_text()
        return found

    def sample(self, begun: float) -> Sample:
        """Looks at the program."""
        folder = Path(f"/proc/{self.program.pid}")
        status = dict(
            line.split(":", 1) for line in (folder / "status").read_text().splitlines()
        )
        return Sample(
            seconds=round(time.monotonic() - begun, 1),
            rss_mib=round(int(status["VmRSS"].split()[0]) / 1024, 1),
            threads=int(status["Threads"]),
            descriptors=len(list((folder / "fd").iterdir())),
            children=len(self.children()),
        )

    def frames(self) -> dict[str, float]:
        """Returns the frames that each stream has sent."""
        with urllib.request.urlopen(
            f"http://{self.metrics}/metrics", timeout=5
        ) as answer:
            lines = answer.read().decode().splitlines()
        head = 'derain_frames_out_total{stream="'
        found = [line[len(head) :].split('"} ') for line in lines if head in line]
        return {name: float(value) for name, value in found}


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Starts everything, and ends it."""
    with ExitStack() as stack:
        peers = [RtspPeer("--gop", "25").start() for _ in range(3)]
        for peer in peers:
            stack.callback(peer.kill)
        served, metrics = (f"127.0.0.1:{free_port()}" for _ in range(2))
        config = folder / "cameras.toml"
        config.write_text(
            f'gate = "off"\nmetrics = "{metrics}"\n'
            f'[[stream]]\nname = "gate"\nsource = "{peers[0].url()}"\n'
            f'sink = "serve://{served}/gate"\n'
            f'[[stream]]\nname = "yard"\nsource = "{peers[1].url()}"\n'
            f'sink = "{peers[2].url("/record")}"\nsegment = "{_SEGMENT_SECONDS}s"\n'
            f'record = "{folder}/%Y%m%d-%H%M%S.mp4"\n'
        )
        program = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(_PROGRAM), "0", "run", "--config", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(program.wait)
        stack.callback(program.kill)
        now = Scene(
            gate=peers[0],
            yard=peers[1],
            server=peers[2],
            served=f"rtsp://{served}/gate",
            metrics=metrics,
            folder=folder,
            program=program,
        )
        yield now
        for viewer in now.frozen_viewers:
            viewer.close()


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
    "push server away": lambda now: _away(now.server),
    "serve child killed": lambda now: _kill_child(now, "worker/rtsp_server"),
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
        now.program.send_signal(signal.SIGINT)
        status = now.program.wait(20)
        seen = _seen([*samples, last], done, time.monotonic() - begun)
        orphans = len(now.children())
        return seen | {"exit": status, "orphans": orphans} | _files(now.folder)


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
        "samples": [
            asdict(sample) for sample in samples[:: max(len(samples) // 20, 1)]
        ],
    }


def _files(folder: Path) -> dict[str, Any]:
    """Counts the recordings, and those that do not play."""
    broken = 0
    length = 0.0
    paths = sorted(folder.glob("*.mp4"))
    for path in paths:
        try:
            with av.open(str(path)) as container:
                times = [frame.time for frame in container.decode(video=0)]
            length += (times[-1] or 0) - (times[0] or 0)
        except (av.FFmpegError, IndexError):
            broken += 1
    expected = round(length / _SEGMENT_SECONDS)
    return {
        "files": len(paths),
        "files_expected": expected,
        "files_broken": broken,
        "recorded_seconds": round(length, 1),
    }


def main() -> None:
    """Soaks and prints, or writes JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=20)
    parser.add_argument("--json", nargs="?", const=str(RESULTS / "soak.json"))
    wanted = parser.parse_args()
    found = soak(wanted.minutes * 60, wanted.every)
    settings = {"minutes": wanted.minutes, "every_seconds": wanted.every}
    done = document("soak", settings, found)
    if wanted.json:
        save(done, Path(wanted.json))
    sys.stdout.write(json.dumps(done["results"], indent=2) + "\n")


if __name__ == "__main__":
    main()
