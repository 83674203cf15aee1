"""How fast every network of the family is here, alone, and what it costs.

`python -m benchmarks.bench_model --json` writes benchmarks/results/model.json. Networks
without shipped weights run with random ones: speed does not depend on them.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.measure import RESULTS, Spread, document, save, spread
from model import (
    VARIANTS,
    Derainer,
    build_network,
    shipped_weights,
    write_weights,
)
from model.cost import cost_of

_SIZES = ((320, 180), (640, 360), (1280, 720))
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

    At least two rounds; no new one begins once `seconds` are over.
    """
    width, height = size
    rng = np.random.default_rng(_SEED)
    pictures = [
        rng.integers(0, 256, (height, width, 3), np.uint8)
        for _ in range(derainer.slots)
    ]
    outs = [np.empty_like(picture) for picture in pictures]
    rates: list[float] = []
    began = time.perf_counter()
    for round_number in range(rounds + 1):
        before = time.perf_counter()
        pending = [derainer.start(*pair) for pair in zip(pictures, outs, strict=True)]
        for one in pending:
            one.wait()
        if round_number:  # the first warms up
            rates.append(len(pictures) / (time.perf_counter() - before))
        if len(rates) >= 2 and time.perf_counter() - began > seconds:
            break
    return spread(rates)


def measured(
    name: str, weights: Path, sizes: Sequence[tuple[int, int]], given: Any
) -> dict[str, Any]:
    """Returns the figures of one network at every size."""
    derainer = Derainer(weights, backend=given.backend, precision=given.precision)
    try:
        found: dict[str, Any] = {
            "backend": derainer.backend,
            "precision": derainer.precision,
            "slots": derainer.slots,
            "parameters": cost_of(VARIANTS[name], 64, 64).parameters,
            "weights": "shipped" if shipped_weights(name) else "random",
        }
        for width, height in sizes:
            cost = cost_of(VARIANTS[name], height, width)
            found[f"{width}x{height}"] = {
                "fps": frames_a_second(
                    derainer, (width, height), given.rounds, given.seconds
                ),
                "gmacs": round(cost.gmacs, 2),
                "gmacs_full_cell": round(cost.gmacs_full_cell, 2),
            }
    finally:
        derainer.close()
    return found


def main() -> None:
    """Measures the networks one after the other."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--models", default=",".join(VARIANTS))
    options.add_argument("--backend", default="auto")
    options.add_argument("--precision", default="auto")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=15)
    options.add_argument("--json", action="store_true", help="write the results")
    given = options.parse_args()
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in given.models.split(","):
            path = weights_for(name, Path(folder))
            results[name] = measured(name, path, _SIZES, given)
            sys.stderr.write(f"{name}: {results[name]}\n")
    whole = document("model", {**vars(given), "seed": _SEED}, results)
    if given.json:
        save(whole, RESULTS / "model.json")


if __name__ == "__main__":
    main()
