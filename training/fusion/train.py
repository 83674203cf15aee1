r"""Trains the fusion of the temporal step, from nothing, on a processor in minutes.

    python -m training.fusion.train --clean data/clean data/clean_more \
        --clip data/dashcam.mp4:70:221 --output fusion.safetensors

The weights that ship lie at `model/shipped/temporal-fusion.safetensors`.
"""

import argparse
import json
from pathlib import Path

import torch

from model.motion.fusion import Fusion
from model.weights.tensors import write_weights
from training.data.pictures import CleanPictures
from training.fusion.clips import ClipScenes, part_of
from training.fusion.learning import Plan, learned, scores
from training.fusion.samples import SHARES, Samples, Scenes, drawn, joined
from training.fusion.scenes import FRAMES, MovingScenes
from training.rain.pool import RainPool
from training.rain.showers import Showers

_SIZE = 224
"""Height and width of a scene."""
_FALLING = 0.5
_KEPT_ASIDE = 64
_REPORT_EVERY = 500


def main(words: list[str] | None = None) -> None:
    """Draws the samples, learns from them and writes the weights."""
    parser = argparse.ArgumentParser(description="Trains the temporal step's fusion.")
    parser.add_argument("--clean", nargs="+", type=Path, required=True, metavar="DIR")
    parser.add_argument("--clip", action="append", default=[], metavar="PATH:BEGIN:END")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--scenes", type=int, default=1440, help="from pictures")
    parser.add_argument("--clip-scenes", type=int, default=1120, help="from clips")
    parser.add_argument("--steps", type=int, default=Plan().steps)
    parser.add_argument("--seed", type=int, default=Plan().seed)
    asked = parser.parse_args(words)
    generator = torch.Generator().manual_seed(asked.seed)
    clean = CleanPictures(asked.clean, torch.device("cpu"))
    sources: list[tuple[Scenes, int]] = [(MovingScenes(clean, generator), asked.scenes)]
    if asked.clip:
        parts = [part_of(text) for text in asked.clip]
        sources.append((ClipScenes(parts, generator), asked.clip_scenes))
    samples = _samples(sources, generator)
    aside = min(_KEPT_ASIDE, len(samples) // 10)
    kept, seen = samples.part(0, aside), samples.part(aside, len(samples))
    _say(f"{len(seen)} samples, {aside} kept aside")

    def report(step: int, network: Fusion) -> None:
        if aside and (step % _REPORT_EVERY == 0 or step == asked.steps):
            causal, centred = scores(network, kept).tolist()
            _say(f"step {step}: causal {causal:.2f} dB, centred {centred:.2f} dB")

    plan = Plan(steps=asked.steps, seed=asked.seed)
    network = learned(seen, plan, report)
    header = {
        "model": "temporal-fusion",
        "steps": str(plan.steps),
        "samples": str(len(seen)),
        "seed": str(plan.seed),
        "clips": json.dumps([Path(text).name for text in asked.clip]),
        "pictures": str(len(clean.files)),
    }
    write_weights(asked.output, network.state_dict(), header)
    _say(f"wrote {asked.output}")


def _samples(sources: list[tuple[Scenes, int]], generator: torch.Generator) -> Samples:
    """Returns the samples of all sources, in one order for one seed."""
    pool = RainPool(SHARES, 64, 320, generator)
    showers = Showers(pool, frames=FRAMES, falling=_FALLING, generator=generator)
    parts: list[Samples] = []
    for scenes, count in sources:
        for part in drawn(scenes, showers, count, _SIZE, generator):
            parts.append(part)
            if len(parts) % 20 == 0:
                _say(f"{sum(len(one) for one in parts)} samples drawn")
    order = torch.randperm(len(parts), generator=generator).tolist()
    return joined([parts[place] for place in order])


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command's output


if __name__ == "__main__":
    main()
