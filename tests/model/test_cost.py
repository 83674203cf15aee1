from dataclasses import replace

import pytest

from model import VARIANTS
from model.cost import cost_of

LITE = VARIANTS["mspfn-lite"]


def test_without_its_dead_half_the_network_costs_less() -> None:
    cost = cost_of(LITE, 180, 320)

    assert cost.gmacs == pytest.approx(12.64, abs=0.01)
    assert cost.gmacs_full_cell == pytest.approx(16.35, abs=0.01)
    assert cost.parameters == 1_666_320


def test_four_times_the_pixels_move_four_times_the_numbers() -> None:
    small, large = cost_of(LITE, 64, 64), cost_of(LITE, 128, 128)
    kernels = cost_of(replace(LITE, modules=5), 16, 16).parameters

    grown = large.numbers_moved - 4 * small.numbers_moved

    assert -4 * kernels < grown < 0  # the kernels are read once, however large
