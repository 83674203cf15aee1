"""Compiles a network for training, in as much time as a run has for it."""

from typing import Any, cast

import torch
from torch import nn

from model.mspfn.fusion import FineFusion


def compiled(
    network: nn.Module, device: torch.device, *, backend: Any = "inductor"
) -> nn.Module:
    """Returns the network compiled, once for each size of crops.

    On the CPU as a whole. On a GPU, where a run may last minutes and the first step of
    each crop size waits, only the modules of the fine fusion, most of the work: they
    are alike, so what was compiled for the first serves all ("regional compilation",
    in PyTorch's recipes).
    """
    parts = [part for part in network.modules() if isinstance(part, FineFusion)]
    if device.type == "cpu" or not parts:
        return cast(nn.Module, torch.compile(network, dynamic=False, backend=backend))
    for part in parts:
        part.compile(dynamic=False, backend=backend)
    return network
