"""The parts that are whole runs: one file, and several at once."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.gpu.findings import Findings
from benchmarks.gpu.subject import Found, KeptOpen, Size, Subject, clip_of
from streamer.api import opened
from streamer.network.protocol import Network, for_one_stream
from streamer.network.shared import Sharing
from streamer.pipeline.report import Report
from streamer.settings import RunOptions


def whole_runs(on: Subject, found: Findings) -> None:
    """Whole runs, and how near they come to the network alone."""
    network = KeptOpen(device="cpu" if on.dry else "cuda:0")
    memory = partial(for_one_stream, network, still=False)  # of one stream: for a run
    alone = partial(memory, temporal="off", gate="off")
    gated = partial(memory, temporal="off", gate="auto")
    moving = partial(memory, temporal="centred", gate="off")
    for sink in ("null:", "out.mp4"):
        found.take(f"file 720p to {sink}", partial(_file, on, alone, on.usual, sink))
    found.take("file 720p to null:, gate", partial(_file, on, gated, on.usual, "null:"))
    work = partial(_file, on, moving, on.usual, "null:")
    found.take("file 720p to null:, temporal centred", work)
    for name, size in list(on.sizes.items())[1:]:
        work = partial(_file, on, alone, size, "null:")
        found.take(f"file {name} to null:", work)


def _file(on: Subject, network: Callable[[], Network], size: Size, sink: str) -> Found:
    frames = 6 if on.dry else 300
    with clip_of(size, frames) as clip:
        _run(str(clip), "null:", network(), frames=4)
        target = sink if sink == "null:" else str(clip.parent / sink)
        return _told(_run(str(clip), target, network(), frames=frames))


def _run(source: str, sink: str, network: Network, *, frames: int) -> Report:
    with opened(
        source, sink, network=lambda: network, run=RunOptions(max_frames=frames)
    ) as pipeline:
        pipeline.run()
        return pipeline.report(source, sink, measure_alone=True)


def _told(report: Report) -> Found:
    alone = report.model_only_fps or 0.0
    return {
        "fps": report.fps,
        "model_only_fps": alone,
        "ratio": round(report.fps / alone, 3) if alone else None,
        "frames": report.frames_out,
        "decoder": report.decoder,
        "encoder": report.encoder,
        "backend": report.backend,
        "precision": report.precision,
        "stages": report.stages,
        "notes": report.notes,
    }


def streams(on: Subject, found: Findings) -> None:
    """Several 720p files at once over one network: how many at 30 frames a second."""
    counts, frames = ((2,), 6) if on.dry else ((8, 16, 30), 240)
    network = KeptOpen(device="cpu" if on.dry else "cuda:0")
    with clip_of(on.usual, frames) as clip:
        _run(str(clip), "null:", network, frames=4)
        for count in counts:
            sharing = Sharing(network)
            parts = [sharing.part() for _ in range(count)]
            work = partial(_together, clip, parts, frames)
            found.take(f"{count} over one network", work)
            sharing.close()
        count = counts[0]
        own = [KeptOpen(device="cpu" if on.dry else "cuda:0") for _ in range(count)]
        for one in own:  # each captures its own graph
            _run_only(clip, one, 4)
        found.take(f"{count} networks", partial(_together, clip, own, frames))


def _together(clip: Path, networks: Sequence[Any], frames: int) -> Found:
    begun = time.perf_counter()
    with ThreadPoolExecutor(len(networks)) as threads:
        runs = [threads.submit(_run_only, clip, one, frames) for one in networks]
    for run in runs:
        run.result()  # one that failed makes no figure
    fps = len(networks) * frames / (time.perf_counter() - begun)
    return {"fps of all": round(fps, 1), "streams at 30 fps": int(fps // 30)}


def _run_only(clip: Path, network: Network, frames: int) -> None:
    with opened(
        str(clip), "null:", network=lambda: network, run=RunOptions(max_frames=frames)
    ) as pipeline:
        pipeline.run()
