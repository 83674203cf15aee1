"""What the temporal step makes of rain drawn over dry clips, with the clips as truth.

`python -m benchmarks.temporal.bench_rain CLIP ... --json` writes
benchmarks/results/temporal_rain.json. The rain is that of `derain rain --kind falling`:
it falls from frame to frame before cameras that stand, drive and drive fast.
`python -m benchmarks.support.tables.temporal` prints the table of it.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.support.measure import RESULTS, command, document, save
from benchmarks.temporal.bench_temporal import KINDS, NoNetwork, steadily
from evaluation.frames import frames_of
from evaluation.metrics.fidelity import psnr
from evaluation.metrics.luma import RgbArray, luma
from model import Derainer
from model.backends.base import Backend
from sources.synthetic.falling_rain import FallingRain

AMOUNTS = (0.05, 0.5)
"""A drizzle and rain, as `FallingRain` counts."""
_FROM, _FRAMES = 20, 12
_SEED, _BEGIN = 5, 100


def in_rain(frames: Sequence[RgbArray], amount: float) -> list[RgbArray]:
    """Returns the frames of 8 bits in so much rain, the same at each call."""
    height, width = frames[0].shape[:2]
    rain = FallingRain(width, height, intensity=amount, seed=_SEED)
    small = [np.asarray(frame, np.uint8) for frame in frames]
    return [rain.apply(frame, _BEGIN + i) for i, frame in enumerate(small)]


def in_drawn_rain(
    network: Backend, frames: Sequence[RgbArray], amount: float
) -> dict[str, float]:
    """Returns PSNR on luma, in dB, of each way against the frames without rain."""
    rainy = in_rain(frames, amount)
    ways = {"input": list(rainy), "network": steadily(network, "off", rainy)}
    for kind in KINDS:
        ways[f"fused {kind}"] = steadily(NoNetwork(), kind, rainy)
        ways[kind] = steadily(network, kind, rainy)
    score = partial(_score, frames)
    return {name: round(score(outputs), 4) for name, outputs in ways.items()}


def _score(truths: Sequence[RgbArray], outputs: Sequence[RgbArray]) -> float:
    pairs = zip(outputs, truths, strict=True)
    return float(np.mean([psnr(luma(ours), luma(truth)) for ours, truth in pairs]))


def main() -> None:
    """Measures the clips and prints or writes the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+", metavar="CLIP")
    parser.add_argument("--model", default="mspfn-lite")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    network = Derainer(asked.model)
    results: dict[str, Any] = {}
    for clip in asked.clips:
        frames = list(islice(frames_of(str(clip)), _FROM, _FROM + _FRAMES))
        results[clip.name] = {
            str(amount): in_drawn_rain(network, frames, amount) for amount in AMOUNTS
        }
        sys.stderr.write(f"{clip.name}: {results[clip.name]}\n")
    settings = {
        "command": command("benchmarks.temporal.bench_rain"),
        "frames": _FRAMES,
        "model": network.model,
        "weights_sha256": network.weights_sha256,
        "precision": network.precision,
        "backend": network.backend,
    }
    found = document("temporal_rain", settings, results)
    if asked.json:
        save(found, RESULTS / "temporal_rain.json")
    sys.stdout.write(f"{found['results']}\n")


if __name__ == "__main__":
    main()
