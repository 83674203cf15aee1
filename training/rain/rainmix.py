"""RainMix: rain mixed with moved copies of itself.

Guo et al., "EfficientDeRain", AAAI 2021, arXiv:2009.09238, section 3.3.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from training.rain.sampling import column, uniform

RainMaps = Float[Tensor, "batch 1 height width"]

_CHAINS, _LINKS = 3, 3


def rain_mixed(maps: RainMaps, generator: torch.Generator) -> RainMaps:
    """Returns each map mixed with copies that were turned, sheared, shifted, stretched.

    Chains of two or three such moves are averaged with random weights, and the average
    is weighed against the map itself.
    """
    count = len(maps)
    shares = _shares(count, _CHAINS, generator)
    mixed = sum(
        column(shares[:, chain]) * _moved(maps, generator) for chain in range(_CHAINS)
    )
    kept = column(uniform(0, 1, count, generator))
    return kept * maps + (1 - kept) * mixed


def _shares(
    count: int, parts: int, generator: torch.Generator
) -> Float[Tensor, "batch parts"]:
    """Random weights that sum to 1, evenly spread over all there are."""
    noise = torch.rand((count, parts), generator=generator, device=generator.device)
    drawn = -noise.clamp(min=1e-6).log()
    return drawn / drawn.sum(1, keepdim=True)


def _moved(maps: RainMaps, generator: torch.Generator) -> RainMaps:
    """Maps after a chain of moves, each on its own; what comes in is mirrored rain."""
    count, device = len(maps), maps.device
    whole = torch.eye(3, device=device).expand(count, 3, 3)
    for link in range(_LINKS):
        move = _move(count, generator)
        if link == _LINKS - 1:  # a chain has two or three links
            short = uniform(0, 1, count, generator) < 0.5
            move = torch.where(short[:, None, None], torch.eye(3, device=device), move)
        whole = move @ whole
    grid = F.affine_grid(whole[:, :2], list(maps.shape), align_corners=False)
    return F.grid_sample(maps, grid, padding_mode="reflection", align_corners=False)


def _move(count: int, generator: torch.Generator) -> Float[Tensor, "batch 3 3"]:
    """A turn, a shear, a shift or a stretch each, along one axis."""
    kind = torch.randint(7, (count,), generator=generator, device=generator.device)
    amount = uniform(-1, 1, count, generator)
    turn = amount * math.radians(9)
    one, zero = torch.ones_like(amount), torch.zeros_like(amount)
    cos = torch.where(kind == 0, torch.cos(turn), one)
    sin = torch.where(kind == 0, torch.sin(turn), zero)
    shear, stretch, shift = 0.15 * amount, 1 + 0.25 * amount, 0.3 * amount
    rows = [
        [
            torch.where(kind == 1, stretch, cos),
            torch.where(kind == 2, shear, -sin),
            torch.where(kind == 3, shift, zero),
        ],
        [
            torch.where(kind == 4, shear, sin),
            torch.where(kind == 5, stretch, cos),
            torch.where(kind == 6, shift, zero),
        ],
        [zero, zero, one],
    ]
    return torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)
