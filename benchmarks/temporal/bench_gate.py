"""How well the rain gate tells rain from dry: pictures one by one, clips as streams.

`python -m benchmarks.temporal.bench_gate --dry FOLDER --dry-clips CLIP --rainy FOLDER
--rainy-clips CLIP --json` writes benchmarks/results/gate.json. A clip is a video or a
folder of its frames. `python -m benchmarks.support.tables.temporal` prints its tables.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.support.measure import RESULTS, command, document, save
from evaluation.frames import frames_of
from evaluation.methods import Method, Network
from evaluation.metrics.luma import RgbArray
from evaluation.pictures import picture_files, read_picture
from model.pictures.coverage import coverage
from model.temporal.rain_gate import DRY, RAINY, RainGate

KINDS = ("dry", "rainy")
_STILL = round((DRY + RAINY) / 2, 4)
_THRESHOLDS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)


def looked_at(network: Method, pictures: Iterable[RgbArray]) -> dict[str, Any]:
    """Returns the coverage of the pictures, and what the gate makes of them in turn."""
    gate = RainGate()
    found, decisions = [], []
    for picture in pictures:
        derained = network(picture)
        found.append(coverage(picture, derained))
        decisions.append(gate(picture, derained).name)
    values = np.array(found)
    quantiles = np.percentile(values, [0, 5, 50, 95, 100]).round(2).tolist()
    return {
        "pictures": len(found),
        "coverage": dict(
            zip(("min", "p5", "median", "p95", "max"), quantiles, strict=True)
        ),
        "rainy_share": round(float(np.mean(values >= _STILL)), 4),
        "as_a_stream": {name: decisions.count(name) for name in sorted(set(decisions))},
        "values": found,
    }


def curve(dry: Sequence[float], rainy: Sequence[float]) -> list[dict[str, float]]:
    """Returns, for thresholds, the share of dry pictures passed and of rainy kept."""
    return [
        {
            "threshold": threshold,
            "dry_passed": round(float(np.mean(np.array(dry) < threshold)), 4),
            "rainy_kept": round(float(np.mean(np.array(rainy) >= threshold)), 4),
        }
        for threshold in sorted({_STILL, *_THRESHOLDS})
    ]


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def main() -> None:
    """Measures what was asked for and prints or writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="mspfn-lite")
    for kind in KINDS:
        parser.add_argument(f"--{kind}", type=Path, nargs="*", default=[])
        parser.add_argument(f"--{kind}-clips", type=Path, nargs="*", default=[])
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--step", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    network = Network(asked.model)
    sets: dict[str, dict[str, Any]] = {}
    values: dict[str, list[float]] = {"dry": [], "rainy": []}
    for kind in KINDS:
        for folder in getattr(asked, kind):
            files = picture_files(folder)
            found = looked_at(network, (read_picture(file) for file in files))
            values[kind] += found.pop("values")
            del found["as_a_stream"]  # pictures that have nothing to do with another
            sets[_name(folder)] = {"kind": kind, **found}
        for clip in getattr(asked, f"{kind}_clips"):
            frames = islice(
                frames_of(str(clip)), 0, asked.frames * asked.step, asked.step
            )
            found = looked_at(network, frames)
            del found["values"]
            sets[_name(clip)] = {"kind": kind, **found}
    results = {"sets": sets, "pictures": curve(values["dry"], values["rainy"])}
    settings = {
        "command": command("benchmarks.temporal.bench_gate"),
        **network.facts,
        "rainy": RAINY,
        "dry": DRY,
    }
    written = document("gate", settings, results)
    if asked.json:
        save(written, RESULTS / "gate.json")
    sys.stdout.write(f"{results['pictures']}\n")


if __name__ == "__main__":
    main()
