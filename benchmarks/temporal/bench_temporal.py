"""What the temporal step is worth, what it costs, and what it does to dry clips.

`python -m benchmarks.temporal.bench_temporal --pairs FOLDER --dry CLIP --json` writes
benchmarks/results/temporal.json; FOLDER holds the frames of a rainy clip in `input/`
and the same without rain in `target/`. Without `--pairs` only the cost is measured.
With `--keep-cost` the times stay those of the file as it is: a busy machine tells none.
`python -m benchmarks.support.tables.temporal` prints the tables of it.
"""

import argparse
import itertools
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.support.measure import RESULTS, command, document, save, spread
from evaluation.frames import frames_of
from evaluation.metrics.fidelity import psnr, ssim
from evaluation.metrics.luma import RgbArray, luma
from evaluation.metrics.motion import (
    Step,
    motion_error,
    step_between,
    warping_error,
)
from model import Derainer
from model.backends.base import Backend, BackendBase, PendingBase
from model.temporal.neighbours import Neighbours, load_fusion
from model.temporal.stream import AHEAD, TemporalStream

Way = Callable[[Sequence[RgbArray]], list[RgbArray]]
KINDS = ("causal", "centred")
_RESULT = RESULTS / "temporal.json"
_SIZE = (640, 360)
_STILL_FROM = 20
_STILL_FRAMES = 24


class NoNetwork(BackendBase, PendingBase):
    """Stands in for the network where the fusion alone is looked at."""

    slots = 1
    model = device = backend = precision = "none"

    def start(self, picture: RgbArray, out: RgbArray) -> "NoNetwork":
        """Copies the picture."""
        np.copyto(out, picture)
        return self

    def wait(self) -> None:
        """Has nothing to wait for."""

    def close(self) -> None:
        """Has nothing to close."""


def through(network: TemporalStream, frames: Sequence[RgbArray]) -> list[RgbArray]:
    """Returns the frames as they come out of the network."""
    outs = [np.empty_like(frame) for frame in frames]
    flying = []
    for frame, out in zip(frames, outs, strict=True):
        flying.append(network.start(frame, out))
        if len(flying) >= network.slots:
            flying.pop(0).wait()
    for pending in flying:
        pending.wait()
    return outs


def ways(network: Derainer) -> dict[str, Way]:
    """Returns everything that is compared on the rainy clip, by name."""
    alone = partial(steadily, network, "off")
    found: dict[str, Way] = {"input": list, "network": alone}
    for name in KINDS:
        found[f"fused {name}"] = partial(steadily, NoNetwork(), name)
        found[name] = partial(steadily, network, name)
    return found


def steadily(
    network: Backend, temporal: str, frames: Sequence[RgbArray]
) -> list[RgbArray]:
    """Returns the frames of one stream behind a kind of temporal step, without gate."""
    return through(TemporalStream(network, temporal=temporal, gate="off"), frames)


def scored(
    outputs: Sequence[RgbArray], truths: Sequence[RgbArray], steps: Sequence[Step]
) -> dict[str, float]:
    """Returns PSNR and SSIM on luma, warping error and tOF against the truth.

    `steps` are the motions from each truth to the next.
    """
    pairs = list(zip(outputs, truths, strict=True))
    changes = list(itertools.pairwise(pairs))
    tof = [
        motion_error((one[0], two[0]), (one[1], two[1])) for one, two in changes[2:-2]
    ]
    return {
        "psnr": _mean([psnr(luma(a), luma(b)) for a, b in pairs]),
        "ssim": _mean([ssim(luma(a), luma(b)) for a, b in pairs]),
        "warp": _warp(outputs, steps),
        "tof": _mean(tof),
    }


def _warp(frames: Sequence[RgbArray], steps: Sequence[Step]) -> float:
    changes = zip(itertools.pairwise(frames), steps, strict=True)
    errors = [warping_error(one, two, step) for (one, two), step in changes]
    return _mean([error for error in errors if error is not None])


def rainy_clip(network: Derainer, folder: Path, count: int) -> dict[str, Any]:
    """Returns the figures of every way on a clip with truth."""
    frames = list(islice(frames_of(str(folder / "input")), count))
    truths = list(islice(frames_of(str(folder / "target")), count))
    found: dict[str, Any] = {"frames": len(frames)}
    steps = [step_between(a, b) for a, b in itertools.pairwise(truths)]
    found["truth"] = {"warp": _warp(truths, steps)}
    for name, way in ways(network).items():
        found[name] = scored(way(frames), truths, steps)
        sys.stderr.write(f"{name}: {found[name]}\n")
    return found


def dry_clip(network: Derainer, clip: Path) -> dict[str, Any]:
    """Returns how near the outcome is to the network's own, in dB, on a dry clip."""
    frames = list(
        islice(frames_of(str(clip)), _STILL_FROM, _STILL_FROM + _STILL_FRAMES)
    )
    alone = steadily(network, "off", frames)
    steps = [step_between(a, b) for a, b in itertools.pairwise(frames)]
    found: dict[str, Any] = {
        "frames": len(frames),
        "still_share": _mean([float(step.still.mean()) for step in steps]),
    }
    for name in KINDS:
        outputs = steadily(network, name, frames)
        pairs = list(zip(outputs, alone, strict=True))[1:]
        errors = [(a.astype(np.float64) - b) ** 2 for a, b in pairs]
        still = [error[step.still] for error, step in zip(errors, steps, strict=True)]
        found[name] = {
            "still_db": _decibels(np.concatenate(still)),
            "whole_db": _decibels(np.stack(errors)),
            "whole_db_lowest": min(_decibels(error) for error in errors),
        }
    sys.stderr.write(f"{clip.name}: {found}\n")
    return found


def cost(network: Derainer, frames: Sequence[RgbArray], rounds: int) -> dict[str, Any]:
    """Returns milliseconds a frame of the step and of the network, taken in turn."""
    small = [cv2.resize(frame, _SIZE, interpolation=cv2.INTER_AREA) for frame in frames]
    pictures = [np.asarray(frame, np.uint8) for frame in small]
    network(pictures[0])
    load_fusion()
    times: dict[str, list[float]] = {name: [] for name in ("network", *KINDS)}
    for _ in range(rounds):
        times["network"].append(_timed(lambda: [network(p) for p in pictures[:4]]) / 4)
        for name in KINDS:
            seconds = _timed(partial(_step_alone, name, pictures))
            times[name].append(seconds / len(pictures))
    found = {name: spread([1000 * t for t in taken]) for name, taken in times.items()}
    ratios = {
        f"{name}_to_network": found[name].median / found["network"].median
        for name in KINDS
    }
    return {"size": list(_SIZE), "ms_a_frame": found, **ratios}


def kept_cost(path: Path) -> dict[str, Any]:
    """Returns the cost that was measured before, with the commit it was measured at."""
    earlier = json.loads(path.read_text(encoding="utf-8"))
    return {"commit": earlier["commit"], **earlier["results"]["cost"]}


def _step_alone(name: str, frames: Sequence[RgbArray]) -> None:
    ahead = AHEAD[name]
    neighbours = Neighbours(ahead or 0)
    made = np.empty_like(frames[0])
    for frame in frames:
        neighbours.push(frame)
        if neighbours.due:
            neighbours.take(made)


def _timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _decibels(squares: NDArray[np.float64]) -> float:
    mean = float(np.mean(squares)) if squares.size else 0.0
    return round(10 * math.log10(255**2 / max(mean, 1e-4)), 2)


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)


def main() -> None:
    """Measures what was asked for and prints or writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="mspfn-lite")
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--dry", type=Path, nargs="*", default=[])
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep-cost", action="store_true")
    asked = parser.parse_args()
    network = Derainer(asked.model)
    results: dict[str, Any] = {}
    if asked.keep_cost:
        results["cost"] = kept_cost(_RESULT)
    else:
        results["cost"] = cost(network, _cost_frames(asked.pairs), asked.rounds)
    if asked.pairs:
        results["rainy_clip"] = rainy_clip(network, asked.pairs, asked.frames)
    if asked.dry:
        results["dry_clips"] = {
            clip.name: dry_clip(network, clip) for clip in asked.dry
        }
    settings = {
        "command": command("benchmarks.temporal.bench_temporal"),
        "model": network.model,
        "weights_sha256": network.weights_sha256,
        "precision": network.precision,
        "backend": network.backend,
        "pairs": asked.pairs.name if asked.pairs else None,
    }
    found = document("temporal", settings, results)
    if asked.json:
        save(found, _RESULT)
    sys.stdout.write(f"{found['results']}\n")


def _cost_frames(pairs: Path | None) -> list[RgbArray]:
    """The frames that the step is timed on: of the clip, or drawn."""
    if pairs is None:
        return _drawn()
    return list(islice(frames_of(str(pairs / "input")), 12))


def _drawn() -> list[RgbArray]:
    rng = np.random.default_rng(0)
    ground = cv2.resize(rng.integers(40, 200, (60, 100, 3), np.uint8), (800, 480))
    views = (ground[i : i + 360, 3 * i : 3 * i + 640] for i in range(12))
    return [np.ascontiguousarray(view, dtype=np.uint8) for view in views]


if __name__ == "__main__":
    main()
