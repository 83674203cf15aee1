"""PReLU in kernels of its own, in Triton's interpreter, and who gets it."""

import pytest
import torch
from torch import nn

from model import build_network
from tests.support.kernels.interpreted import interpreted
from training.data.batches import Batches
from training.device.fused_prelu import (
    FusedPReLU,
    evenly,
    fused_prelu,
    why_not,
    with_fused_prelu,
)
from training.errors import TrainingError
from training.loop import Trainer
from training.settings import TrainSettings


@pytest.mark.slow
def test_results_and_gradients_are_pytorchs_up_to_rounding() -> None:
    pytest.importorskip("triton", reason="NOT CHECKED: the kernels; triton is missing")

    found = interpreted("tests.support.kernels.prelu_cases")

    assert len(found) == 7
    for name, errors in found.items():
        if "float32" in name:
            assert max(errors.values()) < 1e-6, (name, errors)
        elif "bfloat16" in name:  # the interpreter cuts where a card rounds
            assert max(errors.values()) < 2**-7, (name, errors)
    assert found["network"] < 0.02


def test_a_network_keeps_its_weights_and_their_names() -> None:
    network = build_network("mspfn-lite-m3")
    before = dict(network.named_parameters())

    with_fused_prelu(network)

    assert list(dict(network.named_parameters())) == list(before)
    assert all(now is before[name] for name, now in network.named_parameters())
    kinds = {type(one) for one in network.modules() if isinstance(one, nn.PReLU)}
    assert kinds == {FusedPReLU}


def test_what_does_not_lie_channels_last_is_pytorchs_to_compute() -> None:
    x, slope = torch.randn(2, 3, 4, 5), torch.tensor([0.1, 0.2, 0.3])

    assert torch.equal(fused_prelu(x, slope), nn.functional.prelu(x, slope))


def test_a_gradient_that_is_half_of_anothers_is_read_where_it_lies() -> None:
    whole = torch.randn(2, 16, 4, 5).contiguous(memory_format=torch.channels_last)

    half, pitch = evenly(whole[:, 8:])
    plain, plain_pitch = evenly(whole)

    assert (half.data_ptr(), pitch) == (whole[:, 8:].data_ptr(), 16)
    assert (plain.data_ptr(), plain_pitch) == (whole.data_ptr(), 16)


@pytest.mark.parametrize("odd", ["rows apart", "planes", "one number for all"])
def test_a_gradient_that_lies_unevenly_is_copied(odd: str) -> None:
    whole = torch.randn(2, 8, 6, 5).contiguous(memory_format=torch.channels_last)
    gradient = {
        "rows apart": whole[:, :, 1:3],
        "planes": whole.contiguous(),
        "one number for all": torch.ones(()).expand(2, 8, 6, 5),
    }[odd]

    copied, pitch = evenly(gradient)

    assert pitch == 8
    assert copied.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(copied, gradient)


def test_the_processor_is_refused() -> None:
    assert why_not(torch.device("cpu"))
    with pytest.raises(TrainingError, match="fused_prelu cannot be kept: "):
        Trainer(
            TrainSettings(fused_prelu=True),
            Batches(torch.Generator(), clean=None, pool=None),
            torch.Generator(),
        )
