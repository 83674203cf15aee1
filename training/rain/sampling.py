"""Draws by lot for batches, on the generator's device."""

import torch
from jaxtyping import Float
from torch import Tensor


def uniform(
    low: float, high: float, count: int, generator: torch.Generator
) -> Float[Tensor, " count"]:
    """Returns numbers evenly spread from `low` to `high`."""
    noise = torch.rand(count, generator=generator, device=generator.device)
    return low + (high - low) * noise


def column(values: Tensor) -> Float[Tensor, "batch 1 1 1"]:
    """Returns a value for each picture, to be spread over its pixels."""
    return values[:, None, None, None]


def chosen(chance: float, count: int, generator: torch.Generator) -> Tensor:
    """Returns which pictures something happens to, as a column of booleans."""
    return column(uniform(0, 1, count, generator) < chance)
