"""Searches for the rain style whose maps are most like the rain of real pairs.

A style's ranges are changed a little at a time, and a change is kept when the made maps
come closer in their statistics. `python -m training.fit_rain` does it for a set.
"""

import dataclasses
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from jaxtyping import Float
from torch import Tensor

from training.rain.fitting.statistics import distance, statistics
from training.rain.streaks import Pictures, RainStyle, rain_maps

RainMaps = Float[Tensor, "batch 1 height width"]

_LUMA = (0.299, 0.587, 0.114)
_LIMITS: dict[str, tuple[float, float]] = {
    "layers": (1, 8),
    "tilt": (0.5, 45),
    "spread": (0.5, 30),
    "length": (1.5, 300),
    "width": (0.25, 4),
    "cover": (0.002, 0.9),
    "contrast": (0.3, 20),
    "strength": (0.01, 1),
    "drawn": (0, 1),
    "mixed": (0, 1),
}
"""What a style's values may be; `haze` is left as it is."""
_SHARES = ("drawn", "mixed")
_STEP = 0.25
"""Standard deviation of a change: of a value's logarithm, or of a share."""


class PairCrops(Protocol):
    """What draws crops of real pairs."""

    def crops(
        self, count: int, size: int, generator: torch.Generator
    ) -> tuple[Pictures, Pictures]:
        """Returns (rainy, clean) squares, RGB in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A style, and how far its maps are from the set's."""

    style: RainStyle
    distance: float


def residual_maps(
    pairs: PairCrops, count: int, size: int, generator: torch.Generator
) -> RainMaps:
    """Returns crops of the light that the pairs' rain adds, white 1."""
    rainy, clean = pairs.crops(count, size, generator)
    weights = torch.tensor(_LUMA)[None, :, None, None]
    return ((rainy - clean) * weights).sum(1, keepdim=True).clamp(min=0)


def fit_style(
    target: RainMaps,
    begin: RainStyle,
    *,
    rounds: int,
    seed: int = 0,
    report: Callable[[int, Fit], None] = lambda number, fit: None,
) -> Fit:
    """Returns the best of `rounds` styles, each a change of the best before.

    Every style makes its maps from the same seed, so that two differ by their ranges
    and not by luck; what was found is measured again on another seed.

    Args:
        target: What the set's rain adds, as `residual_maps` returns it.
        begin: Where the search starts.
        rounds: How many changes are tried.
        seed: Of the changes and of the maps.
        report: Called when a change is kept.
    """
    wanted = statistics(target)
    rng = random.Random(seed)  # noqa: S311 - a search, no secret
    best = Fit(style=begin, distance=_distance(begin, target, wanted, seed))
    for number in range(rounds):
        style = changed(best.style, rng)
        found = Fit(style=style, distance=_distance(style, target, wanted, seed))
        if found.distance < best.distance:
            best = found
            report(number + 1, best)
    return Fit(
        style=best.style, distance=_distance(best.style, target, wanted, seed + 1)
    )


def changed(style: RainStyle, rng: random.Random) -> RainStyle:
    """Returns the style with one or two of its values, or ends of ranges, changed."""
    values = dataclasses.asdict(style)
    for name in rng.sample(sorted(_LIMITS), rng.choice((1, 2))):
        old = values[name]
        if isinstance(old, tuple):
            moved = sorted(_moved(name, end, rng) for end in old)
            values[name] = tuple(map(round, moved)) if name == "layers" else (*moved,)
        else:
            values[name] = _moved(name, old, rng)
    return RainStyle(**values)


def _moved(name: str, value: float, rng: random.Random) -> float:
    low, high = _LIMITS[name]
    step = rng.gauss(0, _STEP)
    moved = value + step if name in _SHARES else value * math.exp(step)
    return min(max(moved, low), high)


def _distance(style: RainStyle, target: RainMaps, wanted: Tensor, seed: int) -> float:
    generator = torch.Generator().manual_seed(seed)
    count, _, size, _ = target.shape
    # Cut out of larger maps, as training cuts them: a map's own edges go on behind it.
    made = rain_maps(style, count, 2 * size, generator)[..., :size, :size]
    return distance(statistics(made.clamp(max=1)), wanted)
