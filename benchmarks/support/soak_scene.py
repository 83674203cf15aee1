"""The scene of the soak: two cameras, a push server, a small disk and the program."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.support.measure import PROJECT
from sinks.live.worker.rtsp_client.client import RtspClient
from tests.support.servers.peers import RtspPeer, eventually, free_port

SEGMENT_SECONDS = 10
DISK_MIB = 192
_SMALL_DISK = (
    *("unshare", "--map-root-user", "--mount", "sh", "-c"),
    f'mount -t tmpfs -o size={DISK_MIB}m none "$0" && exec "$@"',
)
_PROGRAM = PROJECT / "tests" / "derain_pass_through.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The program at one moment."""

    seconds: float
    rss_mib: float
    threads: int
    descriptors: int
    children: int
    viewers: int


@dataclass(slots=True, kw_only=True)
class Scene:
    """Two cameras, a server to push to, and the program between them."""

    gate: RtspPeer
    yard: RtspPeer
    server: RtspPeer
    served: str
    metrics: str
    disk: Path
    """What the program records on; it lasts as long as it is held open here."""
    program: subprocess.Popen[bytes]
    frozen_viewers: list[RtspClient] = field(default_factory=list)

    def children(self) -> dict[int, str]:
        """Returns the children of the one who works: number and arguments."""
        return children_of(self.worker())

    def worker(self) -> int:
        """Returns who works: the program's first process only looks after it."""
        return next(iter(children_of(self.program.pid)), self.program.pid)

    def sample(self, begun: float) -> Sample:
        """Looks at the program."""
        folder = Path(f"/proc/{self.worker()}")
        status = dict(
            line.split(":", 1) for line in (folder / "status").read_text().splitlines()
        )
        return Sample(
            seconds=round(time.monotonic() - begun, 1),
            rss_mib=round(int(status["VmRSS"].split()[0]) / 1024, 1),
            threads=int(status["Threads"]),
            descriptors=len(list((folder / "fd").iterdir())),
            children=len(self.children()),
            viewers=round(sum(self.counted("viewers").values())),
        )

    def frames(self) -> dict[str, float]:
        """Returns the frames that each stream has sent."""
        return self.counted("frames_out_total")

    def counted(self, metric: str) -> dict[str, float]:
        """Returns a metric of each stream; none while nobody answers."""
        with urllib.request.urlopen(
            f"http://{self.metrics}/metrics", timeout=5
        ) as answer:
            lines = answer.read().decode().splitlines()
        head = f'derain_{metric}{{stream="'
        found = [line[len(head) :].split('"') for line in lines if head in line]
        return {name: float(rest[-1].split()[-1]) for name, *rest in found}


def children_of(parent: int) -> dict[int, str]:
    """Returns the living children of a process: number and arguments."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and fields[0] != "Z":
                found[int(entry.name)] = (entry / "cmdline").read_text()
    return found


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Starts everything, and ends it."""
    with ExitStack() as stack:
        peers = [RtspPeer("--gop", "25").start() for _ in range(3)]
        for peer in peers:
            stack.callback(peer.kill)
        served, metrics = (f"127.0.0.1:{free_port()}" for _ in range(2))
        disk, config = folder / "disk", folder / "cameras.toml"
        disk.mkdir()
        config.write_text(
            f'gate = "off"\nmetrics = "{metrics}"\n'
            f'[[stream]]\nname = "gate"\nsource = "{peers[0].url()}"\n'
            f'sink = "serve://{served}/gate"\n'
            f'[[stream]]\nname = "yard"\nsource = "{peers[1].url()}"\n'
            f'sink = "{peers[2].url("/record")}"\nsegment = "{SEGMENT_SECONDS}s"\n'
            f'record = "{disk}/%Y%m%d-%H%M%S.mp4"\n'
        )
        program = subprocess.Popen(  # noqa: S603 - our own program
            [
                *(*_SMALL_DISK, str(disk)),
                *(sys.executable, str(_PROGRAM), "0", "run", "--config", str(config)),
            ],
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
            disk=stack.enter_context(_held_open(program, disk)),
            program=program,
        )
        yield now
        for viewer in now.frozen_viewers:
            viewer.close()


@contextmanager
def _held_open(program: subprocess.Popen[bytes], disk: Path) -> Iterator[Path]:
    """Yields the disk as `program` has mounted it; it outlives the program."""
    seen = Path(f"/proc/{program.pid}/root{disk}")

    def is_mounted() -> bool:
        with suppress(OSError):
            return seen.stat().st_dev != disk.stat().st_dev
        return False

    eventually(is_mounted, what="the small disk")
    held = os.open(seen, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield Path(f"/proc/self/fd/{held}")
    finally:
        os.close(held)
