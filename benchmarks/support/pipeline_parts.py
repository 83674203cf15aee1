"""What `bench_pipeline.py` measures, each part in a process of its own."""

import resource
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.support.measure import child_environment, peak_memory_bytes

MODEL = "mspfn-lite"
WARM_UP = 4
_PICTURES = 8


def steady(clip: Path, frames: int, precision: str) -> dict[str, Any]:
    """`derain_video` after a short run that loads and shapes everything."""
    from model import Derainer
    from streamer import derain_video
    from streamer.cli.bench.runs import KeptOpen
    from streamer.settings import RunOptions

    network = KeptOpen(Derainer(MODEL, precision=precision))
    sink = clip.with_name("steady.mp4")
    derain_video(clip, sink, network=network, run=RunOptions(max_frames=WARM_UP))
    before = time.process_time()
    report = derain_video(
        clip, sink, network=network, run=RunOptions(max_frames=frames)
    )
    return {
        "fps": report.fps,
        "frames": report.frames_out,
        "processor_ms": 1e3 * (time.process_time() - before) / report.frames_out,
        "peak_bytes": peak_memory_bytes(),
        "backend": report.backend,
        "slots": report.slots,
    }


def alone(clip: Path, frames: int, precision: str) -> dict[str, Any]:
    """The same network with nothing else running, on the pictures of the clip."""
    from model import Derainer

    with av.open(str(clip)) as container:
        pictures: list[Any] = []
        for frame in container.decode(video=0):
            pictures.append(frame.to_ndarray(format="rgb24"))
            if len(pictures) == _PICTURES:
                break
    network = Derainer(MODEL, precision=precision)
    outs = [np.empty_like(pictures[0]) for _ in range(network.slots)]
    _flow(network, pictures, outs, WARM_UP)
    begun, before = time.perf_counter(), time.process_time()
    _flow(network, pictures, outs, frames)
    fps = frames / (time.perf_counter() - begun)
    return {
        "fps": fps,
        "frames": frames,
        "processor_ms": 1e3 * (time.process_time() - before) / frames,
        "peak_bytes": peak_memory_bytes(),
    }


def _flow(network: Any, pictures: list[Any], outs: list[Any], count: int) -> None:
    flying: deque[Any] = deque()
    for number in range(count):
        if len(flying) == len(outs):
            flying.popleft().wait()
        picture = pictures[number % len(pictures)]
        flying.append(network.start(picture, outs[number % len(outs)]))
    for pending in flying:
        pending.wait()


def with_start(clip: Path, frames: int, precision: str) -> dict[str, Any]:
    """`derain run` as a user types it, from the start of the program to its end.

    It is not the first start: that one converts the network and measures what is the
    fastest here, once.
    """
    command = [sys.executable, "-m", "derain", "run", str(clip)]
    command += [str(clip.with_name("run.mp4")), "--precision", precision, "--quiet"]
    _derain([*command, "--max-frames", str(WARM_UP)])
    before, begun = _processor_s(), time.perf_counter()
    _derain([*command, "--max-frames", str(frames)])
    seconds = time.perf_counter() - begun
    return {
        "fps": frames / seconds,
        "frames": frames,
        "processor_ms": 1e3 * (_processor_s() - before) / frames,
        "peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    }


def _derain(command: list[str]) -> None:
    subprocess.run(command, check=True, env=child_environment())  # noqa: S603 - ours


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def plain(clip: Path, frames: int, _precision: str) -> dict[str, Any]:
    """The loop that people write."""
    from streamer.cli.bench.plain import plain_loop, plain_network

    network = plain_network(MODEL)
    plain_loop(network, clip, WARM_UP)
    begun, before = time.perf_counter(), time.process_time()
    plain_loop(network, clip, frames)
    return {
        "fps": frames / (time.perf_counter() - begun),
        "frames": frames,
        "processor_ms": 1e3 * (time.process_time() - before) / frames,
        "peak_bytes": peak_memory_bytes(),
    }


PARTS = {"steady": steady, "alone": alone, "with_start": with_start, "plain": plain}
"""What can be measured of a clip: its file, so many frames, in a precision."""
