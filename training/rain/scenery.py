"""What belongs to the scene and stays in the truth: lamps at night, flakes, splashes.

Flakes are for what looks a little like rain and is none: a network that has seen them
in the truth learns to leave what is round and small.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from training.rain.sampling import chosen, column, uniform

Pictures = Float[Tensor, "batch 3 height width"]

_LAMPS = 4
_FLAKE_SIZES = 3


def with_lamps(clean: Pictures, chance: float, generator: torch.Generator) -> Pictures:
    """Returns night pictures in which up to four lamps glow, each in its own colour."""
    count, _, height, width = clean.shape
    device = generator.device
    y = torch.linspace(0, 1, height, device=device)[:, None]
    x = torch.linspace(0, 1, width, device=device)[None, :]
    lit = chosen(chance, count, generator)
    for _ in range(_LAMPS):
        left, top = (column(uniform(0, 1, count, generator)) for _ in range(2))
        reach = column(uniform(0.02, 0.25, count, generator))
        strength = column(uniform(0, 0.9, count, generator))
        colour = torch.rand((count, 3, 1, 1), generator=generator, device=device)
        away = ((x - left) ** 2 + (y - top) ** 2) / reach**2
        glow = strength * torch.exp(-away) * (0.6 + 0.4 * colour)
        clean = torch.where(lit, 1 - (1 - clean) * (1 - glow), clean)
    return clean


def with_flakes(clean: Pictures, chance: float, generator: torch.Generator) -> Pictures:
    """Returns pictures in front of which flakes or splashes hang, round and bright."""
    count, _, height, width = clean.shape
    shape = (count, 1, height, width)
    device = generator.device
    there = chosen(chance, count, generator)
    for size in range(_FLAKE_SIZES):
        cover = column(uniform(0, 0.002, count, generator))
        points = torch.rand(shape, generator=generator, device=device) < cover
        side = 2 * size + 3
        spots = F.avg_pool2d(points.float(), side, 1, side // 2)
        spots = F.avg_pool2d(spots, side, 1, side // 2) * side**2
        light = column(uniform(0.3, 0.95, count, generator))
        alpha = (spots * 0.8).clamp(0, 1)
        clean = torch.where(there, clean + alpha * (light - clean).clamp(min=0), clean)
    return clean
