"""PReLU for training on a GPU, in one kernel forwards, and one back with its sums.

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
"""Pixels that a program works on at a time."""
MOST_ROWS = 1024
"""Programs of a way back at most: each leaves a row of sums, to be added up."""
ROWS = 128
"""Rows that are added up at a time."""


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
    """The kernels as one function of autograd."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: Tensor) -> Tensor:
        """Starts the kernel that computes."""
        from training.device.prelu_kernels import forwards  # loads Triton

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
        given, pitch = evenly(given)
        back, has = torch.empty_like(x), slope.numel()
        pixels = x.numel() // has
        rows = rows_of(pixels, MOST_ROWS)
        sums = torch.empty(1, rows, has, dtype=torch.float32, device=x.device)
        backwards[(rows,)](x, slope, given, back, sums, pitch, pixels, HAS=has, RUN=RUN)
        return back, added_up(sums, slope.dtype)[0]


def rows_of(pixels: int, most: int) -> int:
    """Returns how many programs share the runs of pixels, each with a row of sums."""
    return min(-(-pixels // RUN), most)


def evenly(gradient: Tensor) -> tuple[Tensor, int]:
    """Returns a gradient whose pixels follow each other evenly, and how far apart.

    Channels last do, and so does one map's part of a concatenation's gradient, which
    is read where it lies. Others are copied.
    """
    channels, height, width = gradient.shape[1:]
    pitch = gradient.stride(3)
    even = (height * width * pitch, 1, width * pitch, pitch)
    if pitch >= channels and gradient.stride() == even:
        return gradient, pitch
    return gradient.contiguous(memory_format=torch.channels_last), channels


def added_up(sums: Tensor, kind: torch.dtype) -> Tensor:
    """Returns float32 sums [some, rows, channels], added up over the rows, as `kind`.

    PyTorch does it in two operations, for it does not round the result of a sum.
    """
    from training.device.prelu_kernels import finish

    some, rows, has = sums.shape
    made = torch.empty(some, has, dtype=kind, device=sums.device)
    finish[(some,)](sums, made, rows, HAS=has, ROWS=ROWS)
    return made
