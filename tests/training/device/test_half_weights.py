"""Weights cast together train a network as autocast does."""

import torch
from torch import Tensor, nn

from model import build_network
from training.device.half_weights import HalfWeights


def gradients_of(
    network: nn.Module, forward: nn.Module | HalfWeights, pictures: Tensor
) -> tuple[Tensor, list[Tensor | None]]:
    network.zero_grad()
    with torch.autocast("cpu", torch.bfloat16):
        made = forward(pictures)
    (made.float() - pictures).square().mean().backward()
    return made.detach(), [one.grad for one in network.parameters()]


def test_results_and_gradients_are_autocasts_bit_for_bit() -> None:
    torch.manual_seed(1)
    network = build_network("mspfn-lite")
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stub of Module.to lacks it
    pictures = torch.rand(2, 3, 16, 24).contiguous(memory_format=torch.channels_last)

    one_by_one = gradients_of(network, network, pictures)
    together = gradients_of(network, HalfWeights(network), pictures)

    assert torch.equal(one_by_one[0], together[0])
    for ours, its in zip(together[1], one_by_one[1], strict=True):
        assert ours is not None
        assert its is not None
        assert ours.dtype == torch.float32
        assert torch.equal(ours, its)


def test_a_weight_that_a_step_does_not_use_has_no_gradient() -> None:
    network = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    unused = nn.Module()
    unused.used, unused.idle = network, nn.Linear(3, 3)
    unused.forward = network.forward

    with torch.autocast("cpu", torch.bfloat16):
        HalfWeights(unused)(torch.rand(2, 3)).sum().backward()  # type: ignore[no-untyped-call]  # torch's own stub

    assert unused.idle.weight.grad is None
    assert network[0].weight.grad is not None
