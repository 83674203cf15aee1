"""Pictures are turned for the network, and back for the planes."""

import numpy as np
import pytest
import torch

from model.backends.cuda.turning import fill_turned, fill_turned_back

STORED = torch.rand(3, 5, 7, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turn_is_counter_clockwise_and_padded_by_reflection(degrees: int) -> None:
    x = torch.zeros(3, 8, 8)

    fill_turned(STORED, degrees, x)

    upright = np.rot90(STORED.numpy(), degrees // 90, (1, 2))
    below, right = (8 - side for side in upright.shape[1:])
    padded = np.pad(upright, ((0, 0), (0, below), (0, right)), mode="reflect")
    assert np.array_equal(x.numpy(), padded)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_what_is_turned_back_is_as_it_was_stored(degrees: int) -> None:
    x, back = torch.zeros(3, 8, 8), torch.empty_like(STORED)

    fill_turned(STORED, degrees, x)
    fill_turned_back(x, degrees, back)

    assert torch.equal(back, STORED)
