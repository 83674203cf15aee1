"""How fast every network of the family is here, alone, and what it costs.

`python -m benchmarks.network.bench_model --json` writes benchmarks/results/model.json;
no network is begun after `--minutes`. Networks without shipped weights run with random
ones: speed does not depend on them.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from benchmarks.support.measure import RESULTS, Spread, document, save, spread
from model import (
    VARIANTS,
    Derainer,
    build_network,
    shipped_weights,
    write_weights,
)
from model.backends.devices import device_named
from model.cost import cost_of
from streamer.cli.bench.peaks import Peaks, floor_of, measured_peaks
from streamer.cli.bench.speeds import all_slots

_SEED = 0


def weights_for(name: str, folder: Path) -> Path:
    """Returns the shipped weights, or random ones written into `folder`."""
    shipped = shipped_weights(name)
    if shipped is not None:
        return shipped
    torch.manual_seed(_SEED)
    path = folder / f"{name}.safetensors"
    write_weights(path, build_network(name).state_dict(), {"model": name})
    return path


def frames_a_second(
    derainer: Derainer, size: tuple[int, int], rounds: int, seconds: float
) -> Spread:
    """Measures with all slots busy, as a file is derained.

    At least two rounds after one that warms up; no new one begins once `seconds` are
    over.
    """
    once = all_slots(derainer, size)
    once()
    rates: list[float] = []
    began = time.perf_counter()
    while len(rates) < rounds:
        before = time.perf_counter()
        once()
        rates.append(derainer.slots / (time.perf_counter() - before))
        if len(rates) >= 2 and time.perf_counter() - began > seconds:
            break
    return spread(rates)


def at_every_size(
    derainer: Derainer,
    sizes: Sequence[tuple[int, int]],
    given: argparse.Namespace,
    peaks: Peaks,
) -> dict[str, Any]:
    """Returns the figures of one network, smallest picture first.

    A size whose three rounds would take longer than `given.longest`, going by the size
    before, is left out, and the figure says so.
    """
    found: dict[str, Any] = {}
    seconds_a_pixel = 0.0
    for width, height in sorted(sizes):
        expected = 3 * derainer.slots * seconds_a_pixel * width * height
        if expected > given.longest:
            found[f"{width}x{height}"] = {
                "left_out": f"it would take about {expected:.0f} s"
            }
            continue
        fps = frames_a_second(derainer, (width, height), given.rounds, given.seconds)
        seconds_a_pixel = 1 / fps.median / (width * height)
        cost = cost_of(VARIANTS[derainer.model], height, width)
        found[f"{width}x{height}"] = {
            "fps": fps,
            "gmacs_full_cell": round(cost.gmacs_full_cell, 2),
            "floor": floor_of(cost, derainer.precision, peaks, fps.median),
        }
    return found


def measured(
    name: str,
    weights: Path,
    sizes: Sequence[tuple[int, int]],
    given: argparse.Namespace,
    peaks: Peaks,
) -> dict[str, Any]:
    """Returns what one network is and its figures at every size."""
    how = {"backend": given.backend, "precision": given.precision}
    with closing(Derainer(weights, device=given.device, **how)) as derainer:
        return {
            "device": derainer.device,
            "backend": derainer.backend,
            "precision": derainer.precision,
            "slots": derainer.slots,
            "parameters": cost_of(VARIANTS[name], 64, 64).parameters,
            "weights": "shipped" if shipped_weights(name) else "random",
            "weights_sha256": derainer.weights_sha256,
            **at_every_size(derainer, sizes, given, peaks),
        }


def sizes_in(text: str) -> list[tuple[int, int]]:
    """Returns the sizes of `320x180,640x360`, width and height."""
    pairs = (size.split("x") for size in text.split(","))
    return [(int(width), int(height)) for width, height in pairs]


def all_measured(given: argparse.Namespace, peaks: Peaks) -> dict[str, Any]:
    """Returns the figures of every network whose turn comes within `given.minutes`."""
    found: dict[str, Any] = {}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for name in given.models.split(","):
            if time.perf_counter() - began > 60 * given.minutes:
                found[name] = {"left_out": f"{given.minutes:g} minutes were over"}
                continue
            sys.stderr.write(f"{name} ...\n")
            path = weights_for(name, Path(folder))
            found[name] = measured(name, path, sizes_in(given.sizes), given, peaks)
            sys.stderr.write(f"{name}: {_speeds(found[name])}\n")
    return found


def _speeds(found: dict[str, Any]) -> str:
    sizes = {key: part for key, part in found.items() if isinstance(part, dict)}
    told = (
        f"{size} {part['fps'].median:.2f} fps" if "fps" in part else f"{size} left out"
        for size, part in sizes.items()
    )
    return f"{found['backend']} {found['precision']}, {', '.join(told)}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures the networks one after the other."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--models", default=",".join(VARIANTS))
    options.add_argument("--sizes", default="320x180,640x360,1280x720")
    options.add_argument("--device", default="auto")
    options.add_argument("--backend", default="auto")
    options.add_argument("--precision", default="auto")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=4, help="for each figure")
    options.add_argument("--longest", type=float, default=15, help="figure, in seconds")
    options.add_argument(
        "--minutes", type=float, default=5, help="to begin networks in"
    )
    options.add_argument("--json", action="store_true", help="write the results")
    given = options.parse_args(arguments)
    where = device_named(given.device)
    peaks = measured_peaks(
        where, {"fp32", "bf16", *(() if where == "cpu" else ("fp16",))}
    )
    results = {"peaks": asdict(peaks), "models": all_measured(given, peaks)}
    whole = document("model", {**vars(given), "seed": _SEED}, results)
    sys.stdout.write(json.dumps(whole, indent=2) + "\n")
    if given.json:
        save(whole, RESULTS / "model.json")


if __name__ == "__main__":
    main()
