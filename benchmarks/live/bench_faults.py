"""What faults cost a live stream: seconds to recovery, frames lost, worst hold-up.

Real servers on loopback are killed, frozen and replaced. `python -m
benchmarks.live.bench_faults --json` writes benchmarks/results/ and prints the table of
`docs/faults.md`.
"""

import argparse
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import av

from benchmarks.support.fault_run import RATE, Run, Viewer
from benchmarks.support.measure import RESULTS, document, save
from benchmarks.support.tables.live import fault_table
from sinks.live.worker.rtsp_client.client import RtspClient
from tests.support.servers.peers import RtspPeer, eventually, free_port

_AWAY_SECONDS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an error did to a stream."""

    error: str
    stream_did: str
    recovery_seconds: float | None
    """From the end of the error to the next fresh picture at the far end."""
    frames_lost: int
    worst_write_ms: float
    """The longest that the sink held up the pipeline."""
    viewer_gap_seconds: float
    """The longest that the far end, a viewer or a server, waited for a picture."""
    health: str
    """What `/healthz` named meanwhile."""


@contextmanager
def peers(count: int, *options: str) -> Iterator[list[RtspPeer]]:
    """Starts servers and ends them."""
    started = [RtspPeer("--gop", "25", *options).start() for _ in range(count)]
    try:
        yield started
    finally:
        for peer in started:
            peer.kill()


def of_camera(
    error: str, act: Callable[[RtspPeer], None], transport: str = "tcp"
) -> Outcome:
    """Does `act` to the camera; recovery counts from its end."""
    place = f"127.0.0.1:{free_port()}/clean"
    with (
        peers(1) as [camera],
        closing(Run(camera.url(), f"serve://{place}", transport)) as run,
        closing(Viewer(f"rtsp://{place}")) as viewer,
    ):
        eventually(lambda: viewer.packets > 0, seconds=60, what="the viewer")
        run.settle(lambda: viewer.packets)
        act(camera)
        seen = run.frames
        back = eventually(lambda: run.frames > seen, seconds=45, what=error)
        eventually(lambda: run.frames > seen + RATE, seconds=15)
        return Outcome(
            error=f"{error}, {transport}",
            stream_did=" → ".join(dict.fromkeys(run.said)) or "goes on",
            recovery_seconds=round(back, 2),
            frames_lost=run.lost(),
            worst_write_ms=round(run.sink.worst_ms, 1),
            viewer_gap_seconds=round(run.watch.longest_gap_seconds, 1),
            health=run.watch.health,
        )


def killed(peer: RtspPeer) -> None:
    """Kills it and brings it back at once."""
    peer.kill()
    peer.start()


def killed_for_long(peer: RtspPeer) -> None:
    """Kills it and brings it back after a while, with a larger picture."""
    peer.kill()
    time.sleep(_AWAY_SECONDS)
    peer.start("--size", "224x128")


def frozen(peer: RtspPeer) -> None:
    """Stops it for a while, as a broken network does."""
    peer.freeze()
    time.sleep(_AWAY_SECONDS)
    peer.thaw()


def lossy() -> Outcome:
    """Reads for ten seconds where every fiftieth packet is lost."""
    with (
        peers(1, "--lose", "0.02", "--size", "320x180") as [camera],
        closing(Run(camera.url(), "null:", "udp")) as run,
    ):
        run.settle()
        time.sleep(10)
        return Outcome(
            error="2 % of the packets lost for 10 s, udp",
            stream_did="damaged pictures dropped up to the next key frame",
            recovery_seconds=None,
            frames_lost=run.lost(),
            worst_write_ms=round(run.sink.worst_ms, 1),
            viewer_gap_seconds=round(run.watch.longest_gap_seconds, 1),
            health=run.watch.health,
        )


def of_server(
    error: str, act: Callable[[RtspPeer], None], transport: str = "tcp"
) -> Outcome:
    """Does `act` to the server that is pushed to."""
    error = f"{error}, {transport}"
    with (
        peers(2) as [camera, server],
        closing(Run(camera.url(), server.url("/record"), transport)) as run,
    ):
        eventually(lambda: server.pictures > 0, seconds=20)
        run.settle(lambda: server.pictures)
        act(server)
        begun = time.monotonic()
        child = run.sink.outputs[0]
        eventually(lambda: bool(child.status.connected), seconds=30, what=error)
        seen = server.pictures  # what a thawed server finds in its buffers is not fresh
        eventually(lambda: server.pictures > seen, seconds=30, what=error)
        return _sent(error, run, time.monotonic() - begun)


def _sent(error: str, run: Run, back: float) -> Outcome:
    child = run.sink.outputs[0]
    replaced = child.status.replaced
    did = f"child replaced {replaced} times" if replaced else "goes on"
    return Outcome(
        error=error,
        stream_did=did,
        recovery_seconds=round(back, 2),
        frames_lost=child.status.dropped,
        worst_write_ms=round(run.sink.worst_ms, 1),
        viewer_gap_seconds=round(run.watch.longest_gap_seconds, 1),
        health=run.watch.health,
    )


def absent(error: str, *, answers: bool) -> Outcome:
    """Starts before the server: nothing listens, or nothing ever answers."""
    with peers(2) as [camera, server]:
        server.kill()
        hole = socket.socket()
        hole.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if answers:
            hole.bind(("127.0.0.1", server.port))
            hole.listen()
        with closing(Run(camera.url(), server.url("/record"))) as run:
            run.settle(lambda: server.pictures)
            time.sleep(_AWAY_SECONDS)
            hole.close()
            server.start()
            back = eventually(lambda: server.pictures > 0, seconds=30, what=error)
            return _sent(error, run, back)


def child_killed() -> Outcome:
    """Kills the child that serves, and looks until a viewer sees pictures again."""
    place = f"127.0.0.1:{free_port()}/clean"
    with peers(1) as [camera], closing(Run(camera.url(), f"serve://{place}")) as run:
        run.settle()
        eventually(lambda: _seen(place), seconds=20)
        for number in _children("worker/rtsp_server"):
            os.kill(number, signal.SIGKILL)
        back = eventually(lambda: _seen(place), seconds=30, what="viewer")
        return _sent("serving child killed", run, back)


def _children(name: str) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_text().split("\0")
            if str(os.getpid()) in words and name in " ".join(words):
                found.append(int(entry.name))
    return found


def _seen(place: str) -> bool:
    options = {"rtsp_transport": "tcp", "analyzeduration": "200000"}
    with (
        suppress(av.FFmpegError, StopIteration),
        av.open(f"rtsp://{place}", options=options, timeout=(3, 3)) as view,
    ):
        return next(view.decode(video=0)) is not None
    return False


def frozen_viewer() -> Outcome:
    """Lets one viewer read no more, and looks at another one who came later."""
    place = f"127.0.0.1:{free_port()}/clean"
    with (
        peers(1, "--size", "640x360") as [camera],
        closing(Run(camera.url(), f"serve://{place}")) as run,
        closing(RtspClient(f"rtsp://{place}", seconds=30, receive_buffer=4096)) as lazy,
    ):
        eventually(lambda: _seen(place), seconds=60, what="the first viewer")
        lazy.play()
        lazy.packet()
        with closing(Viewer(f"rtsp://{place}")) as viewer:
            run.settle(lambda: viewer.packets)
            time.sleep(10 * _AWAY_SECONDS)
            return _sent("a viewer reads no more for 60 s", run, 0.0)


CASES: tuple[Callable[[], Outcome], ...] = (
    lambda: of_camera("camera killed and back at once", killed),
    lambda: of_camera("camera killed and back at once", killed, "udp"),
    lambda: of_camera("camera away 6 s, back with a larger picture", killed_for_long),
    lambda: of_camera("camera frozen for 6 s", frozen),
    lambda: of_camera("camera frozen for 6 s", frozen, "udp"),
    lossy,
    lambda: of_server("push server killed and back at once", killed),
    lambda: of_server("push server away for 6 s", killed_for_long),
    lambda: of_server("push server frozen for 6 s", frozen),
    lambda: of_server("push server killed and back at once", killed, "udp"),
    lambda: of_server("push server frozen for 6 s", frozen, "udp"),
    lambda: absent("push server refuses for 6 s", answers=False),
    lambda: absent("push server is a black hole for 6 s", answers=True),
    child_killed,
    frozen_viewer,
)


def main() -> None:
    """Does everything, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", nargs="?", const=str(RESULTS / "faults.json"))
    wanted = parser.parse_args()
    outcomes = [case() for case in CASES]
    found = {"outcomes": [asdict(one) for one in outcomes]}
    if wanted.json:
        save(document("faults", {"rate": RATE}, found), Path(wanted.json))
    sys.stdout.write(fault_table(found["outcomes"]) + "\n")


if __name__ == "__main__":
    main()
