"""`derain bench`: how fast the networks are on this machine, alone."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from rich.console import Console
from rich.table import Table

from model import VARIANTS, Derainer, build_network, shipped_weights
from model.cost import cost_of

_SIZES = ((320, 180), (640, 360), (1280, 720))
_CELL_SIZE = (320, 180)


def bench(
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write every figure here.")
    ] = None,
    seconds: Annotated[
        float, typer.Option(help="About how long each figure is measured.")
    ] = 4.0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    backend: Annotated[str, typer.Option(help="auto, torch or openvino.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, fp32, fp16 or bf16.")] = "auto",
) -> None:
    """Measure the networks that ship, and what leaving out dead work saves."""
    console = Console()
    names = [name for name in VARIANTS if shipped_weights(name)]
    speeds = [
        _speed(name, size, seconds, (device, backend, precision))
        for name in names
        for size in _SIZES
    ]
    console.print(_speed_table(speeds))
    saving = _saving(seconds)
    console.print(
        "The Conv-LSTM without what a zero state cannot bring to the output: "
        f"{saving['gmacs']:.2f} instead of {saving['gmacs_full_cell']:.2f} GMAC, "
        f"{saving['full_cell_over_zero_state']:.2f} times as fast in PyTorch fp32 "
        f"({saving['width']}x{saving['height']})."
    )
    if json_path is not None:
        figures = {"machine": _machine(), "speeds": speeds, "conv_lstm": saving}
        json_path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _speed(
    name: str, size: tuple[int, int], seconds: float, how: tuple[str, str, str]
) -> dict[str, Any]:
    """Frames a second with all slots busy, as a file is derained."""
    width, height = size
    device, backend, precision = how
    derainer = Derainer(name, device=device, backend=backend, precision=precision)
    try:
        rng = np.random.default_rng(0)
        pictures = [
            rng.integers(0, 256, (height, width, 3), np.uint8)
            for _ in range(derainer.slots)
        ]
        outs = [np.empty_like(picture) for picture in pictures]

        def once() -> None:
            pending = [derainer.start(*pair) for pair in zip(pictures, outs)]  # noqa: B905 - of one length
            for one in pending:
                one.wait()

        times = _timed(once, seconds)
        return {
            "model": derainer.model,
            "width": width,
            "height": height,
            "device": derainer.device,
            "backend": derainer.backend,
            "precision": derainer.precision,
            "slots": derainer.slots,
            "fps": len(pictures) / statistics.median(times),
            "fps_slowest": len(pictures) / max(times),
            "fps_fastest": len(pictures) / min(times),
        }
    finally:
        derainer.close()


def _timed(action: Callable[[], None], seconds: float) -> list[float]:
    """Times of an action, in seconds; after one that is not counted."""
    action()
    times: list[float] = []
    while len(times) < 3 or sum(times) < seconds:
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return times


def _saving(seconds: float) -> dict[str, Any]:
    """The same network with and without its dead half, in turn."""
    width, height = _CELL_SIZE
    variant = VARIANTS["mspfn-lite"]
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
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "openvino", "numpy")},
    }


def _speed_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("model", "size", "runs on", "frames a second"):
        table.add_column(name, justify="right" if name[0] == "f" else "left")
    for row in rows:
        table.add_row(
            row["model"],
            f"{row['width']}x{row['height']}",
            f"{row['device']}, {row['backend']}, {row['precision']}",
            f"{row['fps']:.2f}  ({row['fps_slowest']:.2f} to {row['fps_fastest']:.2f})",
        )
    return table
