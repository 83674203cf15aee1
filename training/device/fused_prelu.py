"""PReLU for training on a GPU, in one kernel forwards and one back.

PyTorch's own is not vectorised for channels last (2.6 of the 9.5 ms that a picture took
on an H100), and its way back writes a gradient of the slopes for each pixel, to read it
again and add it up: five passes over the memory for three.
"""

from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

RUN = 64
"""Pixels of a program."""


class FusedPReLU(nn.PReLU):
    """PyTorch's PReLU, computed by kernels where the numbers lie as they want it."""

    def forward(self, x: Tensor) -> Tensor:
        """Returns `x`, its negative values times their channel's slope."""
        return fused_prelu(x, self.weight)


def with_fused_prelu(network: nn.Module) -> nn.Module:
    """Lets a network's PReLUs be computed by the kernels; its weights stay its own."""
    for parent in list(network.modules()):
        for name, child in parent.named_children():
            if type(child) is nn.PReLU:
                fused = FusedPReLU(child.num_parameters)
                fused.weight = child.weight
                setattr(parent, name, fused)
    return network


def why_not(device: torch.device) -> str:
    """Returns why the kernels cannot run there, or nothing."""
    if find_spec("triton") is None:
        return "the package triton is not installed"
    if device.type != "cuda":
        return f"its kernels run on a GPU, not on {device}"
    return ""


def fused_prelu(x: Tensor, slope: Tensor) -> Tensor:
    """Returns PReLU of [batch, channels, height, width].

    Channels last and as many as a power of two; any others are PyTorch's to compute.
    """
    channels = slope.numel()
    last = x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last)
    if not last or channels & (channels - 1) or x.shape[1] != channels:
        return F.prelu(x, slope)
    made: Tensor = _PReLU.apply(x, slope)  # type: ignore[no-untyped-call]  # no stub
    return made


class _PReLU(torch.autograd.Function):
    """The two kernels as one function of autograd."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: Tensor) -> Tensor:
        """Starts the kernel that computes."""
        from training.device.prelu_kernels import (
            forwards,  # loads Triton: only for a GPU
        )

        ctx.save_for_backward(x, slope)
        y = torch.empty_like(x)
        pixels = x.numel() // slope.numel()
        forwards[(-(-pixels // RUN),)](x, slope, y, pixels, HAS=slope.numel(), RUN=RUN)
        return y

    @staticmethod
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor, Tensor]:
        """Starts the kernel of both gradients, and adds up the slopes'."""
        from training.device.prelu_kernels import backwards

        x, slope = ctx.saved_tensors
        given = given.contiguous(memory_format=torch.channels_last)
        back, has = torch.empty_like(x), slope.numel()
        pixels = x.numel() // has
        programs = -(-pixels // RUN)
        sums = torch.empty(programs, has, dtype=torch.float32, device=x.device)
        backwards[(programs,)](x, slope, given, back, sums, pixels, HAS=has, RUN=RUN)
        return back, sums.sum(0).to(slope.dtype)
