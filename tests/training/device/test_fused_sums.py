"""Sums in the training's kernels, in Triton's interpreter, and what does not fit."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from tests.support.kernels.interpreted import interpreted
from tests.support.kernels.sum_cases import CASES, WORK
from training.device.fused_sums import added, kept_and_added, weighed


@pytest.mark.slow
def test_results_and_gradients_are_pytorchs_up_to_rounding() -> None:
    pytest.importorskip("triton", reason="NOT CHECKED: the kernels; triton is missing")

    found = interpreted("tests.support.kernels.sum_cases")

    assert found.pop("skip gets what comes") is True
    assert found.pop("rows") < 1e-6
    network = found.pop("network")
    assert network["fp32"] < 1e-5
    assert network["bf16"] < 1.5 * network["PyTorch's bf16"], network
    assert len(found) == len(WORK) * len(CASES)
    for name, error in found.items():  # the interpreter cuts bf16 where a card rounds
        assert error < (2**-6 if "bfloat16" in name else 1e-6), name


def maps(channels: int = 3) -> list[Tensor]:
    torch.manual_seed(1)
    return [torch.randn(2, channels, 4, 5) for _ in range(3)]


def test_what_does_not_lie_channels_last_is_pytorchs_to_add() -> None:
    skip, x, y = maps(channels=8)
    slope = torch.rand(8)

    whole = added(skip, (x, slope), (y, slope))
    kept, total = kept_and_added(skip, (x, slope))

    assert torch.equal(whole, skip + F.prelu(x, slope) + F.prelu(y, slope))
    assert torch.equal(added(skip, (x, slope)), total)
    assert torch.equal(kept, F.prelu(x, slope))
    assert torch.equal(total, skip + kept)


def test_channels_that_are_no_power_of_two_are_pytorchs_to_weigh() -> None:
    x, y, _ = (one.contiguous(memory_format=torch.channels_last) for one in maps(3))

    made = weighed(x, y, torch.sigmoid)

    mean = y.mean(dim=(2, 3), keepdim=True)
    assert torch.equal(made, x + y * torch.sigmoid(mean))


def test_maps_of_two_types_are_pytorchs_to_add() -> None:
    skip, x, _ = (one.contiguous(memory_format=torch.channels_last) for one in maps(4))
    slope = torch.rand(4)

    made = added(skip.bfloat16(), (x, slope))

    assert torch.equal(made, skip.bfloat16() + F.prelu(x, slope))
