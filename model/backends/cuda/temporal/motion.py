"""How two frames of a stream belong together: flow there and back, and what is lost.

The same rules as `model.motion.links` has on the host; nothing here waits for
the device, so whether there is a cut stays a number on it.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as nnf
from jaxtyping import Bool, Float
from torch import Tensor

from model.backends.cuda.temporal.flow import (
    blurred,
    fetched,
    flow_between,
    halved,
    median_of_25,
)
from model.motion.fusion import luma
from model.motion.links import (
    ALIKE,
    CHANGED,
    COARSE,
    CUT,
    DETAIL,
    FAINT,
    FINE,
)

_OBJECT = 25
"""What is lost in one piece must be so wide and high: streaks disturb the flow, too."""


@dataclass(frozen=True, slots=True)
class Path:
    """Where each pixel of one frame is in another."""

    away: Float[Tensor, "1 2 height width"]
    """In pixels: x and y."""
    lost: Bool[Tensor, "1 1 height width"]
    """Hidden there, outside, or not found."""
    valid: Bool[Tensor, ""]
    """Both show one scene."""


@dataclass(frozen=True, slots=True)
class Link:
    """How two consecutive frames belong together."""

    back: Path
    """From the later frame to the earlier one."""
    forth: Path
    """From the earlier frame to the later one."""


def grey(levels: Float[Tensor, "1 3 h w"]) -> Float[Tensor, "1 1 h w"]:
    """Returns luma in whole levels, as OpenCV has it of a difference or a picture."""
    return luma(levels).round()


def luma_of(levels: Float[Tensor, "1 3 h w"]) -> Float[Tensor, "1 1 _ _"]:
    """Returns what flow is found on: luma, halved as often as needed, no streaks."""
    small = grey(levels)
    while small.numel() > FINE:
        small = halved(small)
    return median_of_25(small)


def link(before: Tensor, now: Tensor, size: tuple[int, int]) -> Link:
    """Returns how a frame follows the one before, by their `luma_of`.

    `size`: height and width of the frames.
    """
    flow = flow_between(torch.cat((now, before)), torch.cat((before, now)))
    astray = _astray(flow, flow.flip(0))
    valid = (
        ((before - now).abs().mean() <= CHANGED)
        & (astray.mean((1, 2, 3)).amax() <= CUT)
        & (_likeness(now, fetched(before, flow[:1])) >= ALIKE)
    )
    lost = _opened(astray) > 0
    lost |= _outside(flow)
    if flow.shape[2:] != size:
        ratio = size[0] / flow.shape[2]
        flow = ratio * nnf.interpolate(flow, size, mode="bilinear")
        lost = nnf.interpolate(lost.float(), size, mode="nearest") > 0
    back, forth = (Path(flow[n, None], lost[n, None], valid) for n in (0, 1))
    return Link(back, forth)


def joined(first: Path, second: Path) -> Path:
    """Returns the way along `first` and then along `second`."""
    away = first.away + fetched(second.away, first.away)
    lost = fetched(second.lost.float(), first.away) > 0
    lost = lost | _outside(first.away) | first.lost
    return Path(away, lost, first.valid & second.valid)


def _likeness(first: Tensor, second: Tensor) -> Tensor:
    """Returns how the coarse details of two lumas correlate, up to 1."""
    x, y = _detail(first), _detail(second)
    both = (x.square().mean() * y.square().mean()).sqrt()
    return ((x * y).mean() + FAINT) / (both + FAINT)


def _detail(coarse: Tensor) -> Tensor:
    for _ in range(COARSE):
        coarse = halved(coarse)
    return coarse - blurred(coarse, DETAIL)


def _astray(flow: Tensor, way_back: Tensor) -> Tensor:
    """Returns 1 where the way there and back does not end where it began."""
    returned = fetched(way_back, flow)
    miss = (flow + returned).square().sum(1, keepdim=True)
    length = (flow.square() + returned.square()).sum(1, keepdim=True)
    return (miss > 0.01 * length + 0.5).float()


def _opened(mask: Tensor) -> Tensor:
    half = _OBJECT // 2
    eroded = -nnf.max_pool2d(-mask, _OBJECT, 1, half)
    return nnf.max_pool2d(eroded, _OBJECT, 1, half)


def _outside(away: Tensor) -> Tensor:
    height, width = away.shape[2:]
    x = torch.arange(width, device=away.device) + away[:, :1]
    y = torch.arange(height, device=away.device)[:, None] + away[:, 1:]
    return (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)
