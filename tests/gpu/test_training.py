"""What training does on a GPU only."""

import pytest
import torch

from training.device.async_scalar import AsyncScalar

pytestmark = pytest.mark.gpu


def test_the_number_of_the_step_before_is_told() -> None:
    losses = AsyncScalar()

    told = [losses.put(torch.tensor(value, device="cuda")) for value in (1.0, 2.0, 3.0)]

    assert told == [1.0, 1.0, 2.0]
    assert losses.wait() == 3.0
