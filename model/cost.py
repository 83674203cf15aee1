"""What a network costs: operations and traffic of a picture, counted, not computed."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from model.mspfn.build import build_network, parameter_count
from model.mspfn.variant import Variant

BYTES = {"fp32": 4, "fp16": 2, "bf16": 2, "int8": 1}
"""Of one number in each precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one network and one picture."""

    parameters: int
    gmacs: float
    """Thousand million multiply-adds."""
    gmacs_full_cell: float
    """The same with the whole Conv-LSTM, its dead half included."""
    numbers_moved: int
    """That all convolutions read and write, kernels too: each once, nothing else."""


def cost_of(variant: Variant, height: int, width: int) -> Cost:
    """Counts the cost of a variant for a picture of that size, in pixels."""
    with torch.device("meta"):
        parameters = parameter_count(build_network(variant))
    return Cost(
        parameters=parameters,
        gmacs=_gmacs(variant, height, width, full_cell=False),
        gmacs_full_cell=_gmacs(variant, height, width, full_cell=True),
        numbers_moved=_numbers_moved(variant, height, width),
    )


def _gmacs(variant: Variant, height: int, width: int, *, full_cell: bool) -> float:
    with torch.device("meta"):
        network = build_network(variant, full_cell=full_cell)
        picture = torch.empty(1, 3, height, width)
    with FlopCounterMode(display=False) as counter:
        network(picture)
    return counter.get_total_flops() / 2e9


def _numbers_moved(variant: Variant, height: int, width: int) -> int:
    with torch.device("meta"):
        network = build_network(variant)
        picture = torch.empty(1, 3, height, width)
    with torch.no_grad(), _Traffic() as traffic:
        network(picture)
    return traffic.numbers


class _Traffic(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch types no modes
    """Adds up the sizes of all that convolutions take and give."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the same
        self.numbers = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        made = func(*args, **(kwargs or {}))
        if func.overloadpacket is torch.ops.aten.convolution:
            parts = [part for part in (*args, made) if isinstance(part, Tensor)]
            self.numbers += sum(part.numel() for part in parts)
        return made
