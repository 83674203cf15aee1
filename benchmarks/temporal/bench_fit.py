"""What a network may leave out: the pictures between, made in each of several ways.

`python -m benchmarks.temporal.bench_fit --pairs FOLDER --clip CLIP --json` writes
benchmarks/results/fit.json; FOLDER holds the frames of a rainy clip in `input/` and the
same without rain in `target/`, CLIP is rainy without a truth. Every 2nd, 4th and 10th
picture goes through the network, whatever its speed, so figures do not depend on the
machine. `python -m benchmarks.support.tables.temporal` prints the tables.
"""

import argparse
import itertools
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.support.measure import RESULTS, command, document, save
from benchmarks.support.sparse_ways import FLOWS, WAYS, Way, network_on
from evaluation.frames import frames_of
from evaluation.metrics.fidelity import psnr
from evaluation.metrics.luma import RgbArray
from evaluation.metrics.motion import Step, flicker, step_between, warping_error
from model import Derainer
from sources import open_source

STRIDES = (2, 4, 10)
_SIZE = (640, 360)
_RUNS = 3
"""The least of so many counts: what runs beside them takes caches and time."""


def of_pair(network: Derainer, folder: Path, count: int) -> dict[str, Any]:
    """Returns the figures of each way at each rate on a clip with truth."""
    frames = list(islice(frames_of(str(folder / "input")), count))
    truths = list(islice(frames_of(str(folder / "target")), count))
    steps = _steps(truths)
    every = network_on(network, frames)
    found: dict[str, Any] = {
        "frames": len(frames),
        "size": [frames[0].shape[1], frames[0].shape[0]],
        "truth": {"warp": _mean(_warps(truths, steps))},
        "input": scored(frames, truths, steps, 1),
        "network": scored(every, truths, steps, 1),
    }
    for stride, (name, way) in itertools.product(STRIDES, WAYS.items()):
        outs = way(network, frames, every, stride)
        said = scored(outs, truths, steps, stride)
        found.setdefault(f"every_{stride}", {})[name] = said
        sys.stderr.write(f"{stride} {name}: {said}\n")
    return found


def scored(
    outs: Sequence[RgbArray],
    truths: Sequence[RgbArray],
    steps: Sequence[Step],
    stride: int,
) -> dict[str, float]:
    """Returns PSNR (RGB) of all pictures, of both kinds, and the warping error."""
    pairs = zip(outs, truths, strict=True)
    found = [psnr(a.astype(np.float64), b.astype(np.float64)) for a, b in pairs]
    between = [value for i, value in enumerate(found) if i % stride]
    return {
        "psnr": _mean(found),
        "psnr_network": _mean(found[::stride]),
        **({"psnr_between": _mean(between)} if between else {}),
        "warp": _mean(_warps(outs, steps)),
    }


def of_clip(network: Derainer, clip: Path, first: int, count: int) -> dict[str, Any]:
    """Returns how steady each way is on a clip of which nobody knows the truth.

    The motion is that of the clip with the temporal step and the network on each
    picture, which also says how much change is the scene's own.
    """
    frames = upright(clip, first, count)
    every = network_on(network, frames)
    best = FLOWS["centred, full flow"](network, frames, every, 1)
    steps = _steps(best)
    found: dict[str, Any] = {
        "frames": len(frames),
        "first": first,
        "size": [frames[0].shape[1], frames[0].shape[0]],
        "input": _steady(frames, steps),
        "network": _steady(every, steps),
        "centred_on_all": _steady(best, steps),
    }
    for stride, (name, way) in itertools.product(STRIDES, WAYS.items()):
        said = _steady(way(network, frames, every, stride), steps)
        found.setdefault(f"every_{stride}", {})[name] = said
        sys.stderr.write(f"{stride} {name}: {said}\n")
    return found


def upright(clip: Path, first: int, count: int) -> list[RgbArray]:
    """Returns frames of a clip as a viewer sees them."""
    with closing(open_source(str(clip))) as source:
        turns = source.info.rotation // 90
    chosen = islice(frames_of(str(clip)), first, first + count)
    return [np.ascontiguousarray(np.rot90(frame, turns)) for frame in chosen]


def cost(network: Derainer, frames: Sequence[RgbArray]) -> dict[str, Any]:
    """Returns processor time a picture at 640x360, in ms, of all threads together.

    The way with a network on no picture at all is what the pictures between cost.
    """
    small = [cv2.resize(frame, _SIZE, interpolation=cv2.INTER_AREA) for frame in frames]
    pictures = [np.ascontiguousarray(frame, np.uint8) for frame in small]
    halves = [np.ascontiguousarray(frame[::2, ::2]) for frame in pictures]
    ms = {
        "network": _processor_ms(partial(network_on, network), pictures[:4]),
        "half": _processor_ms(partial(network_on, network), halves[:4]),
    }
    for name, way in FLOWS.items():
        between = partial(_between, way, network)
        ms[name] = _processor_ms(between, pictures)
    return {"size": list(_SIZE), "processor_ms_a_picture": ms}


def _between(way: Way, network: Derainer, frames: Sequence[RgbArray]) -> None:
    way(network, frames, frames, 0)


def _processor_ms(
    work: Callable[[Sequence[RgbArray]], Any], frames: Sequence[RgbArray]
) -> float:
    work(frames)
    least = min(_processor_seconds(work, frames) for _ in range(_RUNS))
    return round(1000 * least / len(frames), 1)


def _processor_seconds(
    work: Callable[[Sequence[RgbArray]], Any], frames: Sequence[RgbArray]
) -> float:
    begun = time.process_time()
    work(frames)
    return time.process_time() - begun


def _steps(frames: Sequence[RgbArray]) -> list[Step]:
    return [step_between(a, b) for a, b in itertools.pairwise(frames)]


def _steady(frames: Sequence[RgbArray], steps: Sequence[Step]) -> dict[str, float]:
    changes = zip(itertools.pairwise(frames), steps, strict=True)
    changed = [flicker(one, two, step) for (one, two), step in changes]
    return {
        "warp": _mean(_warps(frames, steps)),
        "flicker": _mean([value for value in changed if value is not None]),
    }


def _warps(frames: Sequence[RgbArray], steps: Sequence[Step]) -> list[float]:
    changes = zip(itertools.pairwise(frames), steps, strict=True)
    errors = [warping_error(one, two, step) for (one, two), step in changes]
    return [error for error in errors if error is not None]


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)


def main() -> None:
    """Measures what was asked for and prints or writes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="mspfn-lite")
    parser.add_argument("--precision", default="int8")
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--clip", type=Path)
    parser.add_argument("--first", type=int, default=30, help="frame of the clip")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    network = Derainer(asked.model, precision=asked.precision)
    results: dict[str, Any] = {}
    frames = list(islice(frames_of(str(asked.pairs / "input")), 12))
    results["cost"] = cost(network, frames)
    results["pairs"] = of_pair(network, asked.pairs, asked.frames)
    if asked.clip:
        results["clip"] = of_clip(network, asked.clip, asked.first, asked.frames)
    settings = {
        "command": command("benchmarks.temporal.bench_fit"),
        "model": network.model,
        "weights_sha256": network.weights_sha256,
        "precision": network.precision,
        "backend": network.backend,
        "pairs": asked.pairs.name,
        "clip": asked.clip.name if asked.clip else None,
    }
    found = document("fit", settings, results)
    if asked.json:
        save(found, RESULTS / "fit.json")
    sys.stdout.write(f"{found['results']}\n")


if __name__ == "__main__":
    main()
