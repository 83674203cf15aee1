"""Sums for training on a GPU: what is added and the PReLU before it in one kernel.

PyTorch passes over the memory of a map for each of them, and back again: a PReLU and
the sum behind it are 5 passes forwards and 5 back, in the kernels 3 and 3. A map times
its weights, added to another, is 5 forwards and 10 back (products, their sums, the mean
and the sum of both gradients), in the kernels 3 and 4. What the maps are added to gets
the gradient that comes in, without a copy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from training.device.fused_prelu import MOST_ROWS, RUN, added_up, evenly, rows_of

MOST_ROWS_A_PICTURE = 64
"""Programs that share a picture, where the weights' gradients are a picture's."""

Activation = tuple[Tensor, Tensor]
"""Features [batch, channels, height, width] before their PReLU, and its slopes."""


def added(skip: Tensor, first: Activation, second: Activation | None = None) -> Tensor:
    """Returns `skip` plus one map or two, each after its PReLU.

    By the kernels for channels last, as many as a power of two; else by PyTorch.
    """
    behind = () if second is None else second
    if _lie_alike(skip, first, second):
        made: Tensor = _Sum.apply(skip, False, *first, *behind)  # type: ignore[no-untyped-call]  # no stub
        return made
    total = skip + F.prelu(*first)
    return total if second is None else total + F.prelu(*second)


def kept_and_added(skip: Tensor, first: Activation) -> tuple[Tensor, Tensor]:
    """Returns a map after its PReLU, and `skip` plus it."""
    if _lie_alike(skip, first):
        made, kept = _Sum.apply(skip, True, *first)  # type: ignore[no-untyped-call]  # no stub
        return kept, made
    kept = F.prelu(*first)
    return kept, skip + kept


def weighed(x: Tensor, y: Tensor, weight_of: Callable[[Tensor], Tensor]) -> Tensor:
    """Returns `x + y * weight_of(mean of y)`: channel attention.

    Args:
        x: [batch, channels, height, width].
        y: Of the same shape.
        weight_of: Makes weights of means, both [batch, channels, 1, 1].
    """
    if not _lie_alike(x, y):
        return x + y * weight_of(y.mean(dim=(2, 3), keepdim=True))
    handed = _HandedOver()
    weight = weight_of(_Mean.apply(y, handed))  # type: ignore[no-untyped-call]  # no stub
    made: Tensor = _Weighed.apply(x, y.detach(), weight, handed)  # type: ignore[no-untyped-call]  # no stub
    return made


def _lie_alike(skip: Tensor, *others: Tensor | Activation | None) -> bool:
    """Whether maps are the kernels' to add: of one shape and type, channels last.

    A slope for each of the channels, which are as many as a power of two.
    """
    if skip.dim() != 4 or skip.shape[1] & (skip.shape[1] - 1):
        return False
    pairs = [one for one in others if isinstance(one, tuple)]
    plain = [one for one in others if isinstance(one, Tensor)]
    return all(slope.numel() == skip.shape[1] for _, slope in pairs) and all(
        one.is_contiguous(memory_format=torch.channels_last)
        and one.shape == skip.shape
        and one.dtype == skip.dtype
        for one in (skip, *plain, *(x for x, _ in pairs))
    )


def _programs(pixels: int) -> int:
    return -(-pixels // RUN)


class _Sum(torch.autograd.Function):
    """A sum of one map as it is and one or two after PReLU."""

    @staticmethod
    def forward(ctx: Any, skip: Tensor, keep: bool, *activations: Tensor) -> Any:
        """Starts the kernel that adds; with `keep` also returns the first map."""
        from training.device.sum_kernels import add  # loads Triton: only for a GPU

        ctx.keep = keep
        ctx.save_for_backward(*activations)
        maps, slopes = activations[::2], activations[1::2]
        made = torch.empty_like(skip)
        kept = torch.empty_like(skip) if keep else made
        has = skip.shape[1]
        pixels = skip.numel() // has
        add[(_programs(pixels),)](
            *(skip, maps[0], slopes[0], maps[-1], slopes[-1], made, kept, pixels),
            HAS=has,
            RUN=RUN,
            TWO=len(maps) - 1,
            KEEP=int(keep),
        )
        return (made, kept) if keep else made

    @staticmethod
    def backward(ctx: Any, given: Tensor, *given_kept: Tensor) -> Any:
        """Starts the kernel of all gradients, and adds up the slopes'."""
        from training.device.sum_kernels import add_back

        maps, slopes = ctx.saved_tensors[::2], ctx.saved_tensors[1::2]
        comes, pitches = zip(*map(evenly, (given, *given_kept)), strict=True)
        backs = [torch.empty_like(one) for one in maps]
        has = given.shape[1]
        pixels = given.numel() // has
        rows = rows_of(pixels, MOST_ROWS)
        sums = torch.empty(
            len(maps), rows, has, dtype=torch.float32, device=given.device
        )
        add_back[(rows,)](
            *(maps[0], slopes[0], maps[-1], slopes[-1], comes[0], comes[-1]),
            *(backs[0], backs[-1], sums, pitches[0], pitches[-1], pixels),
            HAS=has,
            RUN=RUN,
            TWO=len(maps) - 1,
            KEEP=int(ctx.keep),
        )
        pairs = zip(backs, added_up(sums, slopes[0].dtype), strict=True)
        return given, None, *(one for pair in pairs for one in pair)


@dataclass(slots=True, eq=False)
class _HandedOver:
    """What the weighted sum's way back leaves to the mean's, which follows it.

    The mean's gradient is known only after that of the weights. Then both gradients of
    the map are one kernel's, and neither is written by itself.
    """

    given: Tensor | None = None
    weight: Tensor | None = None

    def take(self) -> tuple[Tensor, Tensor]:
        """Returns gradient and weights, and lets go of them."""
        given, weight = self.given, self.weight
        self.given = self.weight = None
        if given is None or weight is None:
            raise RuntimeError("The sum's way back must run before the mean's.")
        return given, weight


class _Mean(torch.autograd.Function):
    """A picture's means; its way back is the whole gradient of the map."""

    @staticmethod
    def forward(ctx: Any, y: Tensor, handed: _HandedOver) -> Tensor:
        """Returns [batch, channels, 1, 1]."""
        ctx.handed = handed
        return y.mean(dim=(2, 3), keepdim=True)

    @staticmethod
    def backward(ctx: Any, given_mean: Tensor) -> tuple[Tensor, None]:
        """Starts the kernel of the map's gradient."""
        from training.device.sum_kernels import weigh_back

        given, weight = ctx.handed.take()
        given, pitch = evenly(given)
        back = torch.empty_like(given, memory_format=torch.channels_last)
        batch, has = given.shape[:2]
        pixels = given.shape[2] * given.shape[3]
        weigh_back[(_programs(pixels), batch)](
            *(given, weight, given_mean.contiguous(), back, pitch, pixels),
            HAS=has,
            RUN=RUN,
        )
        return back, None


class _Weighed(torch.autograd.Function):
    """A map times its weights, added to another."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, y: Tensor, weight: Tensor, handed: _HandedOver
    ) -> Tensor:
        """Starts the kernel that multiplies and adds."""
        from training.device.sum_kernels import weigh

        weight = weight.contiguous()
        ctx.handed = handed
        ctx.save_for_backward(y, weight)
        made = torch.empty_like(x)
        batch, has = x.shape[:2]
        pixels = x.shape[2] * x.shape[3]
        weigh[(_programs(pixels), batch)](x, y, weight, made, pixels, HAS=has, RUN=RUN)
        return made

    @staticmethod
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor, None, Tensor, None]:
        """Starts the kernel of the weights' gradient, and hands the rest over."""
        from training.device.sum_kernels import weights_back

        y, weight = ctx.saved_tensors
        came, pitch = evenly(given)
        ctx.handed.given, ctx.handed.weight = came, weight
        batch, has = y.shape[:2]
        pixels = y.shape[2] * y.shape[3]
        rows = rows_of(pixels, MOST_ROWS_A_PICTURE)
        sums = torch.empty(batch, rows, has, dtype=torch.float32, device=y.device)
        weights_back[(rows, batch)](y, came, sums, pitch, pixels, HAS=has, RUN=RUN)
        return given, None, added_up(sums, weight.dtype).view_as(weight), None
