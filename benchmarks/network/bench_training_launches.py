"""How many operations a training step asks of its device, by what they are for.

On a GPU each is a launch or a few, and small ones take as long as it takes to launch
them. Counted on the CPU, where the same operations run: what makes a view or memory is
left out. Their number does not depend on the size of the crops, which are small here.
The training's own kernels are counted in the place of what they stand for.
`python -m benchmarks.network.bench_training_launches --json` writes
benchmarks/results/training_launches.json.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks.support.measure import RESULTS, document, save
from benchmarks.support.training_kernels import compiled_ahead, noted
from training.data.batches import Batches
from training.data.pictures import CleanPictures
from training.device.fused_prelu import with_fused_prelu
from training.device.summed_network import with_fused_sums
from training.loop import Trainer
from training.progress.schedule import Phase
from training.rain.pool import RainPool
from training.rain.weather import Weather, rain_on
from training.settings import TrainSettings

MODEL, BATCH, SIZE = "mspfn-lite", 80, 32
_NO_LAUNCH = ("aten.empty", "aten.detach")


class Launches(TorchDispatchMode):  # type: ignore[no-untyped-call]  # no stub
    """Counts operations that compute, while it is entered."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # no stub
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        name = str(func)
        if not func.is_view and not name.startswith(_NO_LAUNCH):
            self.counts[name] += 1
        return func(*args, **(kwargs or {}))


def launches_in(work: Callable[[], Any]) -> Counter[str]:
    """Returns what some work asks of the device, by operation."""
    with Launches() as seen:
        work()
    return seen.counts


def with_own_kernels(trainer: Trainer) -> dict[str, Counter[str]]:
    """Returns the operations of a step with the training's own kernels.

    Nothing is learned by it: on the CPU they are counted and not started.
    """
    found = {}
    for part, change in (
        ("fused PReLU", with_fused_prelu),
        ("fused PReLU and sums", with_fused_sums),
    ):
        change(trainer.network)
        started: Counter[str] = Counter()
        with noted(started):
            found[part] = launches_in(trainer.step) + started
    return found


def drawn_pictures(folder: Path, count: int = 6) -> None:
    """Writes pictures of noise."""
    rng = np.random.default_rng(1)
    for number in range(count):
        shape = (SIZE + 16 * number, SIZE + 8, 3)
        noise = rng.integers(0, 256, shape).astype(np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), noise)


def counted(model: str) -> dict[str, Counter[str]]:
    """Returns the operations of a step, by part, after one that is not counted."""
    phase = Phase(start=0.0, size=SIZE, batch=BATCH)
    settings = TrainSettings(model=model, phases=(phase,), rain_size=64, rain_maps=8)
    generator = torch.Generator().manual_seed(0)
    with TemporaryDirectory() as name:
        drawn_pictures(Path(name))
        clean = CleanPictures([Path(name)], torch.device("cpu"))
    pool = RainPool(settings.rain, 8, 64, generator, at_once=8)
    batches = Batches(generator, clean=clean, pool=pool, renew=0)
    trainer = Trainer(settings, batches, generator)
    trainer.step()
    crops = clean.crops(BATCH, SIZE, generator)
    rain = pool.crops(BATCH, SIZE)
    found = {
        "crops": launches_in(lambda: clean.crops(BATCH, SIZE, generator)),
        "rain crops": launches_in(lambda: pool.crops(BATCH, SIZE)),
        "rain maps, any number at once": launches_in(lambda: pool.renew(8)),
        "weather": launches_in(lambda: rain_on(crops, rain, Weather(), generator)),
        "step": launches_in(trainer.step),
    }
    made = found["crops"] + found["rain crops"] + found["weather"]
    found["network, loss, optimiser"] = found["step"] - made
    for part, counts in with_own_kernels(trainer).items():
        found[f"network, loss, optimiser, {part}"] = counts - made
    return found


def measured() -> dict[str, Any]:
    """Returns the numbers, and the most frequent operations."""
    found = counted(MODEL)
    with_sums = found["network, loss, optimiser, fused PReLU and sums"]
    return {
        "kernels of 32 channels": {
            "bf16": compiled_ahead(torch.bfloat16),
            "fp32": compiled_ahead(torch.float32),
        },
        "launches": {part: sum(counts.values()) for part, counts in found.items()},
        "most in a step": dict(found["step"].most_common(25)),
        "most with fused PReLU and sums": dict(with_sums.most_common(25)),
    }


def main(arguments: list[str]) -> None:
    """Prints the numbers; with `--json` also keeps them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    found = measured()
    if options.json:
        settings = {"model": MODEL, "batch": BATCH, "crops": SIZE}
        whole = document("training_launches", settings, found)
        save(whole, RESULTS / "training_launches.json")
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
