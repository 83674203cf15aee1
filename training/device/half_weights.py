"""Weights in bfloat16 for a step, all made of the float32 ones at once.

Autocast makes them one by one, and their gradients back: 686 of the 2,588 operations of
a step of the light network, each a launch on a GPU for a few thousand numbers at most.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call


class HalfWeights:
    """A network as a function whose weights are cast together.

    The results and gradients are autocast's, bit for bit: it still decides which
    operations compute in float32, and finds the weights cast already.
    """

    def __init__(self, network: nn.Module) -> None:
        """The network keeps its float32 weights, which the optimiser knows."""
        self._network = network
        parameters = dict(network.named_parameters())
        self._names, self._weights = tuple(parameters), tuple(parameters.values())

    def __call__(self, pictures: Tensor) -> Tensor:
        """Returns what the network makes of pictures, within `torch.autocast`."""
        halves = _Cast.apply(*self._weights)  # type: ignore[no-untyped-call]  # no stub
        named = dict(zip(self._names, halves, strict=True))
        made: Tensor = functional_call(self._network, named, (pictures,))
        return made


class _Cast(torch.autograd.Function):
    """Tensors of float32 as bfloat16, and gradients back, in one operation each."""

    @staticmethod
    def forward(ctx: Any, *weights: Tensor) -> tuple[Tensor, ...]:
        """Returns as many tensors."""
        ctx.set_materialize_grads(False)
        return tuple(_as(torch.bfloat16, weights))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        """Returns as many gradients; None for what was not used."""
        used = [number for number, one in enumerate(gradients) if one is not None]
        whole = _as(torch.float32, [one for one in gradients if one is not None])
        back: list[Tensor | None] = [None] * len(gradients)
        for number, gradient in zip(used, whole, strict=True):
            back[number] = gradient
        return tuple(back)


def _as(kind: torch.dtype, tensors: Sequence[Tensor]) -> list[Tensor]:
    made = [torch.empty_like(tensor, dtype=kind) for tensor in tensors]
    if made:
        torch._foreach_copy_(made, list(tensors))
    return made
