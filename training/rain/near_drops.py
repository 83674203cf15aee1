"""Drops close to the lens, far out of focus: each a faint disc of light."""

import torch
from jaxtyping import Float
from torch import Tensor

from training.rain.sampling import column, uniform

RainMaps = Float[Tensor, "batch 1 height width"]

_MOST = 12
"""Drops of one map at the most."""


def near_drop_maps(count: int, size: int, generator: torch.Generator) -> RainMaps:
    """Returns the light that drops near the lens add, [count, 1, size, size], white 1.

    Discs of 2 to 14 % of the picture's size with soft edges, brighter at the rim, as a
    lens draws a point that is out of focus.
    """
    device = generator.device
    line = torch.linspace(0, 1, size, device=device)
    maps = torch.zeros((count, 1, size, size), device=device)
    wanted = uniform(1, _MOST + 1, count, generator).floor()
    for drop in range(_MOST):
        x, y = (column(uniform(0, 1, count, generator)) for _ in range(2))
        radius = column(uniform(0.02, 0.14, count, generator))
        light = column(uniform(0.03, 0.2, count, generator) * (wanted > drop))
        away = ((line[None, :] - x) ** 2 + (line[:, None] - y) ** 2).sqrt() / radius
        edge = ((1 - away) * 8).clamp(0, 1)
        maps += light * edge * (0.7 + 0.3 * away.clamp(max=1) ** 4)
    return maps
