"""Fits a rain style to a set of real pairs, and prints it.

    python -m training.fit_rain pairs:data/Rain100H_dev --begin heavy

What is found for a new set goes into `STYLES` of `training/rain/streaks.py`.
"""

import argparse
import dataclasses
from typing import Any

import torch

from training.data.pairs import RealPairs, open_pairs
from training.rain.fitting.fit import Fit, RainMaps, fit_style, residual_maps
from training.rain.fitting.statistics import NAMES, statistics
from training.rain.streaks import STYLES, rain_maps


def main(words: list[str] | None = None) -> None:
    """Fits a style to a set and prints it, with the numbers of both."""
    parser = argparse.ArgumentParser(description="Fits a rain style to real pairs.")
    parser.add_argument("pairs", help="FORM:FOLDER, as in `pairs` of a training file")
    parser.add_argument("--begin", choices=sorted(STYLES), default="light")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--crops", type=int, default=48)
    parser.add_argument("--size", type=int, default=128)
    asked = parser.parse_args(words)
    pairs = RealPairs([open_pairs(asked.pairs)], torch.device("cpu"))
    generator = torch.Generator().manual_seed(0)
    target = residual_maps(pairs, asked.crops, asked.size, generator)
    found = fit_style(
        target, STYLES[asked.begin], rounds=asked.rounds, report=_print_step
    )
    _print_fit(found, target)


def _print_step(number: int, fit: Fit) -> None:
    print(f"{number}: {fit.distance:.3f}", flush=True)  # noqa: T201 - a command's output


def _print_fit(found: Fit, target: RainMaps) -> None:
    generator = torch.Generator().manual_seed(1)
    made = rain_maps(found.style, len(target), 2 * target.shape[2], generator)
    size = target.shape[2]
    ours = statistics(made[..., :size, :size].clamp(max=1)).mean(0)
    theirs = statistics(target).mean(0)
    lines = [f"distance {found.distance:.3f}", _said(dataclasses.asdict(found.style))]
    rows = zip(NAMES, ours.tolist(), theirs.tolist(), strict=True)
    lines += [f"{name:20} {a:8.4f} made {b:8.4f} in the set" for name, a, b in rows]
    print("\n".join(lines))  # noqa: T201 - a command's output


def _said(values: dict[str, Any]) -> str:
    def text(value: Any) -> str:
        if isinstance(value, tuple):
            return f"({', '.join(f'{end:.3g}' for end in value)})"
        return f"{value:.3g}"

    return ", ".join(f"{name}={text(value)}" for name, value in values.items())


if __name__ == "__main__":
    main()
