"""The training's PReLU kernels in Triton's interpreter, against PyTorch: prints JSON.

`TRITON_INTERPRET=1 python -m tests.support.kernels.prelu_cases`.
"""

import json
import sys
from unittest.mock import patch

import torch
from torch import Tensor
from torch.nn import functional as F

from model import build_network
from training.device import fused_prelu as fused
from training.device.fused_prelu import fused_prelu, with_fused_prelu
from training.device.half_weights import HalfWeights

CASES = [
    (kind, channels, size)
    for kind in (torch.float32, torch.bfloat16)
    for channels, size in ((32, (2, 9, 7)), (16, (1, 8, 16)), (8, (3, 1, 1)))
]


def apart(ours: Tensor | None, its: Tensor | None) -> float:
    """Returns the largest difference, as a share of the largest value."""
    if ours is None or its is None:
        raise ValueError("Expected two gradients.")
    difference = (ours.double() - its.double()).abs().max()
    return float(difference / its.double().abs().max().clamp(min=1e-6))


def of_a_layer(
    kind: torch.dtype, channels: int, size: tuple[int, int, int]
) -> dict[str, float]:
    """Returns how far result and gradients of one PReLU are from PyTorch's."""
    torch.manual_seed(channels)
    batch, height, width = size
    x = torch.randn(batch, channels, height, width).to(kind)
    x = x.contiguous(memory_format=torch.channels_last)
    slope, given = torch.rand(channels).to(kind), torch.randn(x.shape).to(kind)
    found = []
    for compute in (fused_prelu, F.prelu):
        own = [x.clone().requires_grad_(), slope.clone().requires_grad_()]
        made = compute(*own)
        made.backward(given)  # type: ignore[no-untyped-call]  # torch's own stub
        found.append((made.detach(), own[0].grad, own[1].grad))
    names = ("result", "gradient", "slopes")
    return {
        name: apart(*pair)
        for name, pair in zip(names, zip(*found, strict=True), strict=True)
    }


def of_a_network() -> dict[str, float]:
    """Returns how far a network's gradients are from PyTorch's, in bf16."""
    torch.manual_seed(2)
    network = build_network("mspfn-lite-m3")
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stub of Module.to lacks it
    x = torch.rand(1, 3, 16, 16).contiguous(memory_format=torch.channels_last)
    gradients = []
    for change in (lambda one: one, with_fused_prelu):
        network.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            made = HalfWeights(change(network))(x)
        (made.float() - x).square().mean().backward()  # type: ignore[no-untyped-call]  # torch's own stub
        gradients.append([one.grad for one in network.parameters()])
    return {"network": max(apart(*pair) for pair in zip(*gradients, strict=True))}


def main() -> None:
    """Prints what every case found."""
    found: dict[str, object] = dict(of_a_network())
    with patch.object(fused, "MOST_ROWS", 1):  # a program takes all runs of pixels
        for kind, channels, size in CASES:
            found[f"{kind} {channels} {size}"] = of_a_layer(kind, channels, size)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
