"""The parts of `bench_gpu` that are whole runs: one file, and several at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.support.gpu_parts import Found
from benchmarks.support.gpu_subjects import KeptOpen, Subject, clip_of
from streamer.api import opened
from streamer.network.protocol import Network, for_one_stream
from streamer.network.shared import Sharing
from streamer.pipeline.report import Report
from streamer.settings import RunOptions


def end_to_end(on: Subject) -> Found:
    """Whole runs, and how near they come to the network alone."""
    found: Found = {}
    network = KeptOpen(device="cpu" if on.dry else "cuda:0")
    frames = 6 if on.dry else 300
    for name, size in on.sizes.items():
        with clip_of(size, frames) as clip:
            for kind, sink in (("null", "null:"), ("x264", f"{clip.parent}/out.mp4")):
                _run(str(clip), "null:", network, frames=4)
                report = _run(str(clip), sink, network, frames=frames)
                found[f"file {name} to {kind}"] = _told(report)
    size = on.sizes.get("720p", (64, 48))
    with clip_of(size, frames) as clip:
        gated = for_one_stream(network, temporal="off", gate="auto", still=False)
        _run(str(clip), "null:", gated, frames=4)
        report = _run(str(clip), "null:", gated, frames=frames)
        found["file 720p to null, gate"] = _told(report)
    drawn = f"test:rain?size={size[0]}x{size[1]}"
    found["test:rain 720p to null"] = _told(
        _run(drawn, "null:", network, frames=6 if on.dry else 90)
    )
    return found


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


def streams(on: Subject) -> Found:
    """Several 720p files at once over one network: how many at 30 frames a second."""
    size = on.sizes.get("720p", (64, 48))
    count, frames = (2, 6) if on.dry else (8, 240)
    network = KeptOpen(device="cpu" if on.dry else "cuda:0")
    found: Found = {"streams": count, "frames each": frames}
    with clip_of(size, frames) as clip:
        _run(str(clip), "null:", network, frames=4)
        sharing = Sharing(network)
        parts = [sharing.part() for _ in range(count)]
        own = [KeptOpen(device="cpu" if on.dry else "cuda:0") for _ in range(count)]
        for one in own:  # each records its own graph
            _run_only(clip, one, 4)
        for way, networks in (("one network", parts), ("a network each", own)):
            found[way] = _together(clip, list(networks), frames)
        sharing.close()
    return found


def _together(clip: Path, networks: list[Any], frames: int) -> Found:
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
