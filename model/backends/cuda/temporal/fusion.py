"""Takes out of a frame what its neighbours do not show, on the device.

`model.temporal.neighbours` does the same on the host, which a test holds this to. There
a neighbour beyond a cut is none; here whether it is one is a number on the device.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from model.backends.cuda.temporal.flow import fetched
from model.backends.cuda.temporal.motion import Path
from model.motion.fusion import ORDERED, Seen, in_order
from model.motion.fusion import fused as fused_with

_BRIGHTER = 1000.0
"""Levels; brighter than any picture."""
_LEAST = 2
"""Neighbours without which a frame stays as it is."""


@dataclass(frozen=True, slots=True)
class View:
    """A neighbour as the frame would see it."""

    levels: Float[Tensor, "1 3 h w"]
    """Where it does not show the frame's pixel, that of the frame itself."""
    path: Path


def view(frame: Tensor, other: Tensor, path: Path, *, whole: bool) -> View:
    """Returns a neighbour seen from the frame; `whole`: in whole levels."""
    seen = fetched(other, path.away, "bicubic").clamp(0, 255)
    if whole:
        seen = seen.round()
    return View(torch.where(path.lost, frame, seen), path)


def fused(
    frame: Float[Tensor, "1 3 h w"], views: list[View], *, whole: bool
) -> Float[Tensor, "1 3 h w"]:
    """Returns the frame as its neighbours have it.

    The frame itself where fewer than two neighbours show its scene.
    """
    if len(views) < _LEAST:
        return frame
    valid = [one.path.valid for one in views]
    count = torch.stack(valid).sum()
    lost = _mean([one.path.lost.float() for one in views], valid, count)
    ways = [one.path.away.square().sum(1, keepdim=True).sqrt() for one in views]
    far = _mean(ways, valid, count)
    seen = Seen(ordered=_ordered(views, count), lost=lost, far=far)
    made = fused_with(frame, seen)
    if whole:
        made = made.round()
    return torch.where(count >= _LEAST, made, frame)


def _ordered(views: list[View], count: Tensor) -> list[Tensor]:
    """Returns the valid views by their light, as `in_order` has them of so many."""
    known = [torch.where(one.path.valid, one.levels, _BRIGHTER) for one in views]
    if len(known) == _LEAST:
        return list(in_order(known))
    absent = [torch.full_like(known[0], _BRIGHTER)] * (ORDERED - len(known))
    a, b, c, d = in_order([*known, *absent])
    of_two, of_three = (c, c, d, d), (b, b, c, d)
    return [
        torch.where(count == ORDERED, four, torch.where(count == _LEAST, two, three))
        for four, two, three in zip((a, b, c, d), of_two, of_three, strict=True)
    ]


def _mean(parts: list[Tensor], valid: list[Tensor], count: Tensor) -> Tensor:
    """Returns the mean of the parts that are valid."""
    own = [
        torch.where(known, part, 0) for part, known in zip(parts, valid, strict=True)
    ]
    return torch.stack(own).sum(0) / count.clamp_min(1)
