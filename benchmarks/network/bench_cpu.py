"""What int8 and the number of streams are worth on this processor.

Precisions take turns, round by round, so that load from outside meets all alike; the
time on the processor is told beside the time on the wall, for a machine that does other
work too. `python -m benchmarks.network.bench_cpu --json` writes
benchmarks/results/cpu.json. With `--against FOLDER` it also tells the ratio to another
checkout, such as of commit b5b6750; `--sizes 320x180 --seconds 1` tries it in short.
"""

import argparse
import json
import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.support.checkout import Checkout
from benchmarks.support.measure import (
    PROJECT,
    RESULTS,
    commit,
    document,
    save,
    spread,
)
from evaluation.provenance import machine
from model import Derainer
from model.backends.base import Backend
from model.backends.openvino.backend import OpenVinoBackend
from model.backends.openvino.processor import cpu_precisions, stream_counts
from model.quantisation import load_quantisation
from model.weights.header import shipped_weights, weights_file
from model.weights.tensors import load_network

MODEL = "mspfn-lite"
LIGHTER = "mspfn-tiny"
Size = tuple[int, int]
"""Width and height."""
_SIZES = ("320x180", "640x360", "1280x720")
_SEED = 0

Times = dict[str, list[float]]
"""Milliseconds a picture, round by round, by the name of what ran."""


def in_turns(
    runners: Mapping[str, Backend | Derainer], size: Size, seconds: float
) -> tuple[Times, Times]:
    """Returns times on the wall and on the processor, all slots busy as for a file."""
    turns = {name: _turn(runner, size) for name, runner in runners.items()}
    wall: Times = {name: [] for name in turns}
    processor: Times = {name: [] for name in turns}
    for turn in turns.values():  # warms up
        turn()
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds or len(next(iter(wall.values()))) < 3:
        for name, turn in turns.items():
            on_wall, on_processor = turn()
            wall[name].append(on_wall)
            processor[name].append(on_processor)
    return wall, processor


def _turn(runner: Backend | Derainer, size: Size) -> Callable[[], tuple[float, float]]:
    width, height = size
    rng = np.random.default_rng(_SEED)
    shape = (height, width, 3)
    pictures = [rng.integers(0, 256, shape, np.uint8) for _ in range(runner.slots)]
    outs = [np.empty_like(picture) for picture in pictures]

    def turn() -> tuple[float, float]:
        on_wall, on_processor = time.perf_counter(), time.process_time()
        for pending in [runner.start(*p) for p in zip(pictures, outs, strict=True)]:
            pending.wait()
        spent = (time.perf_counter() - on_wall, time.process_time() - on_processor)
        return 1e3 * spent[0] / len(pictures), 1e3 * spent[1] / len(pictures)

    return turn


def precisions(
    seconds: float, sizes: Sequence[Size], model: str = MODEL
) -> dict[str, Any]:
    """Returns the times of each precision at each size, and int8's gain over bf16."""
    names = ["int8", *cpu_precisions()]
    runners = {name: Derainer(model, device="cpu", precision=name) for name in names}
    found: dict[str, Any] = {}
    for size in sizes:
        wall, processor = in_turns(runners, size, seconds)
        found[f"{size[0]}x{size[1]}"] = {
            "ms": {name: spread(times) for name, times in wall.items()},
            "processor_ms": {name: spread(times) for name, times in processor.items()},
            "int8_gain": spread(_ratios(wall[names[1]], wall["int8"])),
            "int8_gain_processor": spread(
                _ratios(processor[names[1]], processor["int8"])
            ),
        }
        _tell(size, wall)
    found["slots"] = {name: runner.slots for name, runner in runners.items()}
    for runner in runners.values():
        runner.close()
    return found


def _tell(size: Size, wall: Times) -> None:
    told = (f"{name} {median(times):.1f} ms" for name, times in wall.items())
    sys.stderr.write(f"{size[0]}x{size[1]}: {', '.join(told)}\n")


def _ratios(slow: list[float], fast: list[float]) -> list[float]:
    return [a / b for a, b in zip(slow, fast, strict=True)]


def times_as_fast(seconds: float, sizes: Sequence[Size]) -> dict[str, Any]:
    """Returns how many times as fast the lighter network is, in processor time."""
    runners = {
        name: Derainer(name, device="cpu", precision="auto")
        for name in (MODEL, LIGHTER)
    }
    found = {}
    for size in sizes:
        _, processor = in_turns(runners, size, seconds)
        ratios = _ratios(processor[MODEL], processor[LIGHTER])
        found[f"{size[0]}x{size[1]}"] = spread(ratios)
    for runner in runners.values():
        runner.close()
    return found


def streams(seconds: float, sizes: Sequence[Size], cores: int) -> dict[str, Any]:
    """Returns the times of int8 with each number of streams that is tried."""
    network, weights = load_network(MODEL)
    steps = load_quantisation(weights_file(MODEL), weights.sha256)
    runners = {
        str(count): OpenVinoBackend(
            lambda: network,
            weights.variant,
            weights.sha256,
            precision="int8",
            streams=count,
            quantisation=steps,
        )
        for count in stream_counts(cores)
    }
    found = {}
    for size in sizes[:2]:
        wall, _ = in_turns(runners, size, seconds)
        _tell(size, wall)
        times = {count: spread(values) for count, values in wall.items()}
        found[f"{size[0]}x{size[1]}"] = times
    return found


def against(folder: Path, seconds: float, sizes: Sequence[Size]) -> dict[str, Any]:
    """Returns how many times faster this state is than another checkout, in turns."""
    found: dict[str, Any] = {}
    for precision in ("int8", cpu_precisions()[0]):
        with (
            Checkout(PROJECT, MODEL, precision) as here,
            Checkout(folder, MODEL, precision) as there,
        ):
            for size in sizes:
                name = f"{size[0]}x{size[1]}, {precision}"
                found[name] = _compared(here, there, size, seconds)
    return found


def _compared(
    here: Checkout, there: Checkout, size: Size, seconds: float
) -> dict[str, Any]:
    for checkout in (here, there):  # warms up
        checkout.turn(size)
    wall: list[float] = []
    processor: list[float] = []
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds or len(wall) < 3:
        ours, theirs = here.turn(size), there.turn(size)
        wall.append(theirs[0] / ours[0])
        processor.append(theirs[1] / ours[1])
    return {"times_faster": spread(wall), "times_faster_processor": spread(processor)}


def _size(text: str) -> Size:
    width, _, height = text.partition("x")
    return int(width), int(height)


def main() -> None:
    """Measures precisions, streams, a lighter network, then another checkout."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10, help="for each figure")
    options.add_argument("--sizes", nargs="+", default=_SIZES, metavar="WxH")
    options.add_argument("--json", action="store_true", help="write the results")
    options.add_argument("--against", type=Path, help="another checkout")
    given = options.parse_args()
    sizes = [_size(text) for text in given.sizes]
    results = {
        "precisions": precisions(given.seconds, sizes),
        "streams": streams(given.seconds, sizes, machine()["cores"]),
    }
    if shipped_weights(LIGHTER) is not None:
        results[LIGHTER] = precisions(given.seconds, sizes, LIGHTER)
        results["times_as_fast"] = times_as_fast(given.seconds, sizes)
    if given.against:
        results["against"] = against(given.against, given.seconds, sizes)
    other = commit(given.against) if given.against else ""
    # Where the other checkout lies is of this machine; its commit says what it is.
    words = [other if word == str(given.against) else word for word in sys.argv[1:]]
    typed = shlex.join(["python", "-m", "benchmarks.network.bench_cpu", *words])
    own = {**vars(given), "command": typed, "against": other}
    settings = {"model": MODEL, "seed": _SEED, **own}
    whole = document("cpu", settings, results)
    sys.stdout.write(json.dumps(whole, indent=2) + "\n")
    if given.json:
        save(whole, RESULTS / "cpu.json")


if __name__ == "__main__":
    main()
