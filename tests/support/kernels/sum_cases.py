"""The training's sum kernels in Triton's interpreter, against PyTorch: prints JSON.

`TRITON_INTERPRET=1 python -m tests.support.kernels.sum_cases`.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model import build_network
from model.mspfn.variants import variant_named
from tests.support.kernels.prelu_cases import apart
from training.device import fused_sums
from training.device.fused_prelu import added_up, with_fused_prelu
from training.device.fused_sums import added, kept_and_added, weighed
from training.device.half_weights import HalfWeights
from training.device.summed_network import with_fused_sums

Work = Callable[..., Tensor | tuple[Tensor, ...]]

CASES = [
    (kind, channels, size)
    for kind in (torch.float32, torch.bfloat16)
    for channels, size in ((32, (2, 9, 7)), (16, (2, 15, 17)), (8, (3, 1, 1)))
]


def sum_of_one(add: bool, skip: Tensor, *rest: Tensor) -> Tensor:
    """Returns the sum of a map and one after PReLU, by the kernels or by PyTorch."""
    x, slope = rest[0], rest[2]
    return added(skip, (x, slope)) if add else skip + F.prelu(x, slope)


def sum_of_two(add: bool, skip: Tensor, *rest: Tensor) -> Tensor:
    """Returns the same of two after PReLU."""
    x, z, first, second = rest
    if add:
        return added(skip, (x, first), (z, second))
    return skip + F.prelu(x, first) + F.prelu(z, second)


def sum_and_map(add: bool, skip: Tensor, *rest: Tensor) -> tuple[Tensor, ...]:
    """Returns a map after PReLU, and the sum."""
    x, slope = rest[0], rest[2]
    if add:
        return kept_and_added(skip, (x, slope))
    kept = F.prelu(x, slope)
    return kept, skip + kept


def attention(add: bool, x: Tensor, *rest: Tensor) -> Tensor:
    """Returns a map added to another by weights that depend on its means."""
    y, slope = rest[0], rest[2]

    def weight_of(mean: Tensor) -> Tensor:
        return torch.sigmoid(3 * mean * slope.view(1, -1, 1, 1))

    if add:
        return weighed(x, y, weight_of)
    return x + y * weight_of(y.mean(dim=(2, 3), keepdim=True))


WORK: dict[str, Work] = {
    "one": sum_of_one,
    "two": sum_of_two,
    "kept": sum_and_map,
    "attention": attention,
}


def of_a_sum(
    work: Work, kind: torch.dtype, channels: int, size: tuple[int, int, int]
) -> float:
    """Returns how far results and gradients are from PyTorch's, at most."""
    torch.manual_seed(channels)
    batch, height, width = size
    drawn = [torch.randn(batch, channels, height, width) for _ in range(3)]
    drawn += [torch.randn(batch, 2 * channels, height, width) for _ in range(2)]
    maps = [one.to(kind).contiguous(memory_format=torch.channels_last) for one in drawn]
    slopes = [torch.rand(channels).to(kind) for _ in range(2)]
    found = []
    for ours in (True, False):
        own = [one.clone().requires_grad_() for one in (*maps[:3], *slopes)]
        made = work(ours, *own)
        made = made if isinstance(made, tuple) else (made,)
        # the gradients lie in halves of others, as behind the network's own joins
        joined = [torch.cat((one, one.detach()), 1) for one in made]
        torch.autograd.backward(joined, maps[3 : 3 + len(made)])
        gradients = [one.grad for one in own if one.grad is not None]
        found.append([*(one.detach() for one in made), *gradients])
    return max(apart(*pair) for pair in zip(*found, strict=True))


def skip_gets_what_comes() -> bool:
    """Whether the gradient of the map that is added to is the one that came in."""
    seen: list[int] = []
    x = torch.randn(1, 8, 3, 5).contiguous(memory_format=torch.channels_last)
    skip = x.clone().requires_grad_() * 1
    made = added(skip, (x, torch.rand(8)))
    for one in (skip, made):
        one.register_hook(lambda gradient: seen.append(gradient.data_ptr()))  # type: ignore[no-untyped-call]  # no stub
    made.backward(torch.randn(x.shape).contiguous(memory_format=torch.channels_last))  # type: ignore[no-untyped-call]  # torch's own stub
    return len(seen) == 2 and seen[0] == seen[1]


def of_a_network() -> dict[str, float]:
    """Returns how far a network's rain and gradients are from PyTorch's in fp32.

    In fp32, and in bf16 beside PyTorch's own bf16, which rounds every sum by itself.
    """
    torch.manual_seed(2)
    network = build_network(replace(variant_named("mspfn-lite"), modules=1))
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # the stub of Module.to lacks it
    exact, its = (_step(network, half=half) for half in (False, True))
    with_fused_prelu(with_fused_sums(network))
    whole, ours = (_step(network, half=half) for half in (False, True))
    pairs = {"fp32": whole, "bf16": ours, "PyTorch's bf16": its}
    return {
        name: max(apart(*pair) for pair in zip(found, exact, strict=True))
        for name, found in pairs.items()
    }


def _step(network: nn.Module, *, half: bool) -> list[Tensor | None]:
    """Returns rain and gradients of a picture, always the same."""
    x = torch.linspace(0, 1, 2 * 3 * 16 * 16).sin().view(2, 3, 16, 16)
    x = x.contiguous(memory_format=torch.channels_last)
    network.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        made = (HalfWeights(network) if half else network)(x).float()
    (made - x).square().mean().backward()
    return [made.detach() - x, *(one.grad for one in network.parameters())]


def of_rows() -> float:
    """Returns how far rows that take several turns are from their sum, at most."""
    sums = torch.randn(2, 300, 8)
    return apart(added_up(sums, torch.float32), sums.sum(1))


def main() -> None:
    """Prints what every case found, each program of a way back taking several runs."""
    found: dict[str, object] = {}
    with (
        patch.object(fused_sums, "MOST_ROWS", 3),
        patch.object(fused_sums, "MOST_ROWS_A_PICTURE", 3),
    ):
        for name, work in WORK.items():
            for case in CASES:
                found[" ".join(map(str, (name, *case)))] = of_a_sum(work, *case)
    found["rows"] = of_rows()
    found["skip gets what comes"] = skip_gets_what_comes()
    found["network"] = of_a_network()
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
