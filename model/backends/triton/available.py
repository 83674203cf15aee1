"""Whether the Triton kernels can run a network on a device; loads no Triton."""

from importlib.util import find_spec

import torch
from torch import nn

from model.mspfn.network import MSPFN
from model.mspfn.variant import Variant

_TENSOR_CORES = (8, 0)
"""Compute capability: from Ampere on, tensor cores take bf16."""
_WIDEST = 64
"""Channels whose sums a program still holds in registers; 128 were not tried."""
_PRECISIONS = ("fp16", "bf16")


def why_not(network: nn.Module, device: str, precision: str) -> str:
    """Returns why the kernels cannot run this, or nothing.

    Args:
        network: As it was loaded.
        device: `cuda:0`, ...
        precision: `fp16`, ...
    """
    if find_spec("triton") is None:
        return "the package triton is not installed"
    if precision not in _PRECISIONS:
        return f"its numbers are {' or '.join(_PRECISIONS)}, not {precision}"
    if not isinstance(network, MSPFN):
        return f"it knows networks of the kind MSPFN, not {type(network).__name__}"
    if reason := unknown_form(network.variant):
        return f"{network.variant.name} {reason}"
    if torch.cuda.get_device_capability(device) < _TENSOR_CORES:
        return f"{torch.cuda.get_device_name(device)} is older than Ampere"
    return ""


def unknown_form(variant: Variant) -> str:
    """Returns what of a network's form the kernels do not know, or nothing."""
    widths = {variant.width, variant.head, *variant.recurrent}
    widths |= set(variant.recurrent_inputs)
    if variant.tensorflow or variant.pyramid != "gaussian":
        return "samples on TensorFlow's grid"
    if variant.memory:
        return "carries a memory from frame to frame"
    if variant.unshuffle != 1:
        return "takes squares of pixels as channels"
    if variant.modules and set(variant.units) != {1}:
        return "has not one attention unit in each block"
    if any(w & (w - 1) or not 16 <= w <= _WIDEST for w in widths):
        return f"has feature maps of another width than 16, 32 or {_WIDEST}"
    return ""
