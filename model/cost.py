"""What a network costs: operations for a picture, counted without computing them."""

from dataclasses import dataclass

import torch
from torch.utils.flop_counter import FlopCounterMode

from model.network import build_network, parameter_count
from model.variants import Variant


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one network and one picture."""

    parameters: int
    gmacs: float
    """Thousand million multiply-adds."""
    gmacs_full_cell: float
    """The same with the whole Conv-LSTM, its dead half included."""


def cost_of(variant: Variant, height: int, width: int) -> Cost:
    """Counts the cost of a variant for a picture of that size, in pixels."""
    counts = [_gmacs(variant, height, width, full_cell=full) for full in (False, True)]
    with torch.device("meta"):
        parameters = parameter_count(build_network(variant))
    return Cost(parameters, *counts)


def _gmacs(variant: Variant, height: int, width: int, *, full_cell: bool) -> float:
    with torch.device("meta"):
        network = build_network(variant, full_cell=full_cell)
        picture = torch.empty(1, 3, height, width)
    with FlopCounterMode(display=False) as counter:
        network(picture)
    return counter.get_total_flops() / 2e9
