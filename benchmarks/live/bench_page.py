"""What two open pages cost a live stream, in turn with none open and with no page.

A real RTSP camera of 640x360 at 25 fps goes through the network, which is always busy,
and then through one that copies, where only the pipeline's own delay is left. Two
viewers in a process of their own read figures and pictures as a browser does. Bars: two
open pages take at most 2 % of the frames and nothing of the latency's 95th percentile;
a page that nobody looks at takes nothing.
`python -m benchmarks.live.bench_page --json` takes five minutes and writes
benchmarks/results/.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from prometheus_client.registry import CollectorRegistry
from websockets.asyncio.client import connect

from benchmarks.support.live_parts import PassThrough
from benchmarks.support.measure import (
    RESULTS,
    child_environment,
    document,
    save,
    spread,
)
from streamer.live.open import opened_live
from streamer.live.pipeline import LivePipeline
from streamer.network.protocol import Network, for_one_stream, open_alone
from streamer.page.board import Board
from streamer.page.server import Address, page_served
from streamer.page.viewers import Previews
from streamer.page.views import About, StreamView
from streamer.settings import DEFAULTS
from tests.support.servers.peers import RtspPeer, eventually

VIEWERS = 2
ARMS = ("no page", "page, none open", "page, two open")
_WINDOW_SECONDS = 5.0
_WINDOWS = 2
_SETTLE_SECONDS = 1.0
_STREAM = "camera"
_PATHS = ("/ws/state", f"/ws/pictures/{_STREAM}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one turn of one arm measured."""

    fps: float
    p95_ms: float
    cpu_cores: float
    """Of this process, without the viewers."""


@contextmanager
def served(pipeline: LivePipeline) -> Iterator[int]:
    """Serves the page of a stream until the block ends; gives the port."""
    previews = Previews()
    net = pipeline.network
    about = About(
        version="",
        network=net.model,
        device=net.device,
        precision=net.precision,
        backend=net.backend,
        slots=net.slots,
    )
    board = Board(
        lambda: about, lambda: {_STREAM: StreamView(snapshot=pipeline.snapshot())}
    )
    with page_served(
        Address(place="127.0.0.1:0"), board, previews, CollectorRegistry()
    ) as port:
        pipeline.output.preview = previews.tap(_STREAM)
        try:
            yield port
        finally:
            pipeline.output.preview = None


@contextmanager
def looked_at(port: int) -> Iterator[None]:
    """Lets the viewers look, in a process of their own, until the block ends."""
    command = [sys.executable, "-m", "benchmarks.live.bench_page", "--view", str(port)]
    viewers = subprocess.Popen(  # noqa: S603 - our own script
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=child_environment()
    )
    try:
        assert viewers.stdout is not None  # noqa: S101 - a pipe was asked for
        if viewers.stdout.readline() != b"all see pictures\n":
            raise RuntimeError("the viewers saw no picture")
        yield
    finally:
        viewers.kill()
        viewers.communicate()


async def view(port: int) -> None:
    """Reads as so many open pages do; says when each has seen a picture."""
    seen = [asyncio.Event() for _ in range(VIEWERS)]

    async def read(path: str, event: asyncio.Event | None) -> None:
        async with connect(f"ws://127.0.0.1:{port}{path}") as link:
            async for _message in link:
                if event is not None:
                    event.set()

    async with asyncio.TaskGroup() as group:
        for event in seen:
            group.create_task(read(_PATHS[0], None))
            group.create_task(read(_PATHS[1], event))
        for event in seen:
            await event.wait()
        sys.stdout.write("all see pictures\n")
        sys.stdout.flush()


def turn(pipeline: LivePipeline, arm: str) -> Turn:
    """Measures one arm once."""
    with ExitStack() as stack:
        if arm != ARMS[0]:
            port = stack.enter_context(served(pipeline))
            if arm == ARMS[2]:
                stack.enter_context(looked_at(port))
        time.sleep(_SETTLE_SECONDS)
        frames, cpu, begun = pipeline.counts.frames_out, _cpu(), time.monotonic()
        late = []
        for _ in range(_WINDOWS):
            time.sleep(_WINDOW_SECONDS)
            late.append(pipeline.snapshot().latency_ms.p95_ms)
        seconds = time.monotonic() - begun
        return Turn(
            fps=(pipeline.counts.frames_out - frames) / seconds,
            p95_ms=statistics.median(late),
            cpu_cores=(_cpu() - cpu) / seconds,
        )


def _cpu() -> float:
    used = os.times()
    return used.user + used.system


def measured(network: Callable[[], Network], rounds: int) -> dict[str, Any]:
    """Runs a stream and all arms in turn; returns what each did, and the costs."""
    with ExitStack() as stack:
        camera = RtspPeer("--size", "640x360", "--gop", "25").start()
        stack.callback(camera.kill)
        pipeline = stack.enter_context(
            opened_live(camera.url(), "null:", network=network)
        )
        thread = Thread(target=pipeline.run, daemon=True)
        thread.start()
        stack.callback(thread.join, 30)
        stack.callback(pipeline.stop)
        eventually(lambda: pipeline.counts.frames_out > 25, seconds=120, what="frames")
        turns: dict[str, list[Turn]] = {arm: [] for arm in ARMS}
        for number in range(rounds):
            order = ARMS if number % 2 == 0 else ARMS[::-1]
            for arm in order:
                turns[arm].append(turn(pipeline, arm))
    return {
        "arms": {arm: _arm(done) for arm, done in turns.items()},
        "two_open_cost": _cost(turns[ARMS[1]], turns[ARMS[2]]),
        "none_open_cost": _cost(turns[ARMS[0]], turns[ARMS[1]]),
    }


def _arm(turns: list[Turn]) -> dict[str, Any]:
    return {
        "fps": spread([one.fps for one in turns]),
        "p95_ms": spread([one.p95_ms for one in turns]),
        "cpu_cores": spread([one.cpu_cores for one in turns]),
    }


def _cost(without: list[Turn], having: list[Turn]) -> dict[str, Any]:
    """Returns what came with the page, each turn against the one of its round."""
    pairs = list(zip(without, having, strict=True))
    return {
        "fps_percent": spread([100 * (1 - b.fps / a.fps) for a, b in pairs]),
        "p95_ms": spread([b.p95_ms - a.p95_ms for a, b in pairs]),
        "cpu_cores": spread([b.cpu_cores - a.cpu_cores for a, b in pairs]),
    }


def _derainer() -> Network:
    network = open_alone(DEFAULTS.network)
    return for_one_stream(network, temporal="off", gate="auto", still=False)


def main() -> None:
    """Measures both networks, and prints the costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", nargs="?", const=str(RESULTS / "page.json"))
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--view", type=int, help="be the viewers of this port")
    wanted = parser.parse_args()
    if wanted.view:
        asyncio.run(view(wanted.view))
        return
    results = {
        "derainer": measured(_derainer, wanted.rounds),
        "pass_through": measured(PassThrough, wanted.rounds),
    }
    settings = {
        "model": DEFAULTS.network.model,
        "size": "640x360",
        "rate": 25,
        "viewers": VIEWERS,
        "turn_seconds": _WINDOWS * _WINDOW_SECONDS,
    }
    found = document("page", settings, results)
    if wanted.json:
        save(found, Path(wanted.json))
    for name, part in found["results"].items():
        for cost in ("two_open_cost", "none_open_cost"):
            sys.stdout.write(f"{name} {cost} {part[cost]}\n")


if __name__ == "__main__":
    main()
