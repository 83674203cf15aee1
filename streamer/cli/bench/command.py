"""`derain bench`: how fast this machine is, alone and from end to end, and at best."""

import hashlib
import json
import platform
import resource
import statistics
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from rich.table import Table

from evaluation.provenance import machine, package_versions
from model import DEFAULT_MODEL, VARIANTS, build_network, shipped_weights
from model.cost import cost_of
from model.whole_file import write_whole
from streamer.cli.bench.capacity import CAPACITY_SIZE, keep_capacity
from streamer.cli.bench.peaks import floor_of, measured_peaks
from streamer.cli.bench.runs import measured_runs
from streamer.cli.bench.speeds import (
    How,
    all_slots,
    every_precision,
    opened,
    speed,
    timed,
)
from streamer.cli.run.progress import measuring_told

_SIZES = ((320, 180), (640, 360), (640, 480), (1280, 720))
_RUN_SIZES = ((320, 180), (640, 360))
_CELL_SIZE = (320, 180)
_PAPER = {
    ("mspfn-lite", 640, 480): 0.08,
    ("mspfn-lite", 1280, 720): 0.23,
    ("mspfn", 640, 480): 0.58,
    ("mspfn", 1280, 720): 1.24,
}
"""Seconds a picture on the authors' Titan Xp: arXiv:2003.10985, table of section 4.4.
Quoted: their hardware is not ours."""


def bench(
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write every figure here.")
    ] = None,
    seconds: Annotated[
        float, typer.Option(help="About how long each figure is measured.")
    ] = 4.0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    backend: Annotated[
        str, typer.Option(help="auto, or a backend as 'derain run' takes it.")
    ] = "auto",
    precision: Annotated[
        str, typer.Option(help="auto: every one there is; or fp32, fp16, bf16, int8.")
    ] = "auto",
) -> None:
    """Measure the networks that ship: alone, from end to end, and against the floor."""
    if json_path is not None and not json_path.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {json_path.parent}.")
    if device.startswith("intel"):
        raise typer.BadParameter(
            "The floor is measured by PyTorch, on auto, cpu, cuda or cuda:N; got "
            f"device {device}."
        )
    found = _measured((device, backend, precision), seconds, Console())
    if json_path is not None:
        write_whole(json_path, json.dumps(found, indent=2) + "\n")


def _measured(how: How, seconds: float, console: Console) -> dict[str, Any]:
    """Measures everything and prints each table as soon as it is there."""
    told = Console(stderr=True)
    names = [name for name in VARIANTS if shipped_weights(name)]
    with measuring_told():
        speeds = _speeds(names, how, seconds, told)
    where = speeds[0]["device"]
    peaks = measured_peaks(where, {row["precision"] for row in speeds})
    for row in speeds:
        cost = cost_of(VARIANTS[row["model"]], row["height"], row["width"])
        row["floor"] = floor_of(cost, row["precision"], peaks, row["fps"])
    console.print(_speed_table(speeds))
    told.print("from end to end, and the plain loop ...")
    runs = _runs(how, seconds)
    console.print(_run_table(runs))
    console.print(_stage_table(runs))
    found = {
        "command": " ".join(["derain", *(Path(word).name for word in sys.argv[1:])]),
        "machine": _machine(),
        "weights_sha256": {name: _sha256(name) for name in names},
        "peaks": asdict(peaks),
        "speeds": speeds,
        "end_to_end": runs,
        "peak_memory": _peak_memory(where),
        "conv_lstm": _saving(seconds),
        "paper_titan_xp": [
            {"model": name, "width": width, "height": height, "seconds": took}
            for (name, width, height), took in _PAPER.items()
        ],
    }
    console.print(_remarks(found), soft_wrap=True)
    return found


def _speeds(
    names: list[str], how: How, seconds: float, told: Console
) -> list[dict[str, Any]]:
    rows = []
    for name in names:
        for derainer in every_precision(name, how):
            for size in _SIZES:
                told.print(f"{name} {derainer.precision} {size[0]}x{size[1]} ...")
                rows.append(speed(derainer, size, seconds))
                if size == CAPACITY_SIZE:
                    keep_capacity(derainer, name, rows[-1])
    return rows


def _runs(how: How, seconds: float) -> list[dict[str, Any]]:
    rows = []
    with opened(DEFAULT_MODEL, how) as derainer:
        for size in _RUN_SIZES:
            once = all_slots(derainer, size)

            def alone(once: Any = once) -> float:
                return derainer.slots / statistics.median(timed(once, seconds / 4))

            rows += measured_runs(derainer, size, seconds, alone)
    return rows


def _saving(seconds: float) -> dict[str, Any]:
    """The same network with and without its dead half, in turn."""
    width, height = _CELL_SIZE
    variant = VARIANTS[DEFAULT_MODEL]
    picture = torch.rand(1, 3, height, width)
    networks = [build_network(variant, full_cell=full).eval() for full in (False, True)]
    ratios: list[float] = []
    spent = 0.0
    with torch.inference_mode():
        for network in networks:
            network(picture)
        while len(ratios) < 3 or spent < seconds:
            times = []
            for network in networks:
                began = time.perf_counter()
                network(picture)
                times.append(time.perf_counter() - began)
            ratios.append(times[1] / times[0])
            spent += sum(times)
    cost = cost_of(variant, height, width)
    return {
        "model": variant.name,
        "width": width,
        "height": height,
        "gmacs": cost.gmacs,
        "gmacs_full_cell": cost.gmacs_full_cell,
        "full_cell_over_zero_state": statistics.median(ratios),
    }


def _machine() -> dict[str, Any]:
    return {
        **machine(),
        "python": platform.python_version(),
        **package_versions("torch", "openvino", "numpy"),
    }


def _sha256(name: str) -> str:
    path = shipped_weights(name)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path else ""


def _peak_memory(device: str) -> dict[str, float | None]:
    """The most held at once by this process, in MiB; None without such a device."""
    host = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    on_device = None
    if device != "cpu":
        on_device = round(torch.cuda.max_memory_allocated(device) / 2**20, 1)
    return {"host_mib": round(host, 1), "device_mib": on_device}


def _remarks(found: dict[str, Any]) -> str:
    peaks, memory, saving = found["peaks"], found["peak_memory"], found["conv_lstm"]
    rates = ", ".join(f"{rate:.0f} in {name}" for name, rate in peaks["gflops"].items())
    lines = [
        f"Floor: measured on {peaks['device']}, {rates} thousand million operations "
        f"and {peaks['gigabytes_s']:.1f} GB a second.",
        "Plain loop: OpenCV, the full network in PyTorch fp32, OpenCV, frame by frame.",
        "Paper: fps on the authors' Titan Xp, quoted; other hardware, no comparison.",
        "The Conv-LSTM without what a zero state cannot bring to the output: "
        f"{saving['gmacs']:.2f} instead of {saving['gmacs_full_cell']:.2f} GMAC, "
        f"{saving['full_cell_over_zero_state']:.2f} times as fast in PyTorch fp32 "
        f"({saving['width']}x{saving['height']}).",
        f"Memory at most: {memory['host_mib']:.0f} MiB of the host, the PyTorch "
        "comparison included"
        + (
            f", {memory['device_mib']} MiB of the device."
            if memory["device_mib"]
            else ""
        ),
    ]
    if peaks["device"] == "cpu":
        lines.append("GPU: not measured; the device is the CPU.")
    return "\n".join(lines)


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, name in enumerate(names):
        table.add_column(name, justify="left" if number < 3 else "right", no_wrap=True)
    return table


def _where(row: dict[str, Any]) -> tuple[str, str]:
    return (
        f"{row['width']}x{row['height']}",
        f"{row['device']} {row['backend']} {row['precision']}",
    )


def _speed_table(rows: list[dict[str, Any]]) -> Table:
    table = _table("alone", "size", "runs on", "fps", "", "of floor", "paper")
    for row in rows:
        share = row["floor"]["share"]
        quoted = _PAPER.get((row["model"], row["width"], row["height"]))
        table.add_row(
            row["model"],
            *_where(row),
            f"{row['fps']:.2f}",
            f"{row['fps_slowest']:.2f} to {row['fps_fastest']:.2f}",
            "-" if share is None else f"{share:.0%}",
            f"{1 / quoted:.1f}" if quoted else "",
        )
    return table


def _run_table(rows: list[dict[str, Any]]) -> Table:
    columns = ("fps", "of alone", "of plain loop", "30 fps")
    table = _table("end to end", "size", "runs on", *columns)
    for row in rows:
        table.add_row(
            row["way"],
            *_where(row),
            f"{row['fps']:.2f}",
            f"{row['of_model_only']:.2f}",
            f"{row['of_plain']:.1f}" if "of_plain" in row else "",
            f"{row['streams_at_30_fps']} streams",
        )
    return table


def _stage_table(rows: list[dict[str, Any]]) -> Table:
    table = _table("stages", "size", "stage", "p50 ms", "p95 ms", "p99 ms")
    for row in rows:
        for name, times in row["stages"].items():
            table.add_row(
                row["way"],
                f"{row['width']}x{row['height']}",
                name,
                *(f"{times[point]:.1f}" for point in ("p50_ms", "p95_ms", "p99_ms")),
            )
    return table
