"""Takes out of a frame what its neighbours do not show, on the device.

The same rules as `model.temporal.neighbours` has on the host, which a test holds this
to. A neighbour beyond a cut is there all the same, and counts as bright.
"""

from dataclasses import dataclass

import cv2
import torch
import torch.nn.functional as nnf
from jaxtyping import Bool, Float
from torch import Tensor

from model.backends.cuda.temporal.flow import fetched
from model.backends.cuda.temporal.motion import Path, grey

_BRIGHTER = 1000.0
"""Levels; brighter than any picture."""
_RAIN = (2.0, 8.0)
"""Levels at which it begins and is complete."""
_MOST = 64.0
"""More light than this counts as this, where frames are compared around a pixel."""
_NOISE = 1.0
"""Mean light around a pixel that is no sign of anything."""
_AROUND = 7
"""Pixels to each side of what is compared around one."""
_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11))
_HALVES = [int(row.sum()) // 2 for row in _DISC]
"""How far the disc reaches to each side of its middle, row by row."""


@dataclass(frozen=True, slots=True)
class View:
    """A neighbour as the frame would see it."""

    levels: Float[Tensor, "1 3 h w"]
    """Where it does not show the frame's pixel, that of the frame itself."""
    valid: Bool[Tensor, ""]
    """Of the frame's scene."""


def view(frame: Tensor, other: Tensor, path: Path, *, whole: bool) -> View:
    """Returns a neighbour seen from the frame; `whole`: in whole levels."""
    seen = fetched(other, path.away, "bicubic").clamp(0, 255)
    if whole:
        seen = seen.round()
    return View(torch.where(path.lost, frame, seen), path.valid)


def fused(
    frame: Float[Tensor, "1 3 h w"], views: list[View], *, whole: bool
) -> Float[Tensor, "1 3 h w"]:
    """Returns the frame as its neighbours have it.

    The frame itself where fewer than two neighbours show its scene.
    """
    if len(views) < 2:
        return frame
    count = torch.stack([one.valid for one in views]).sum()
    known = [torch.where(one.valid, one.levels, _BRIGHTER) for one in views]
    middle = _median_below(known, count)
    clean = torch.minimum(frame, middle)
    excess = frame - clean
    rain = _thin(grey(excess)) - _misfit(frame, known, middle, count)
    made = frame - excess * (rain.clamp_min(0) / 255)
    if whole:
        made = made.round()
    return torch.where(count >= 2, made, frame)


def _median_below(known: list[Tensor], count: Tensor) -> Tensor:
    """Returns the median of the views and something brighter than all of them."""
    if len(known) == 2:
        return torch.maximum(*known)
    absent = [torch.full_like(known[0], _BRIGHTER)] * (4 - len(known))
    a, b, c, d = [*known, *absent]
    lower = torch.maximum(torch.minimum(a, b), torch.minimum(c, d))
    higher = torch.minimum(torch.maximum(a, b), torch.maximum(c, d))
    second, third = torch.minimum(lower, higher), torch.maximum(lower, higher)
    return torch.where(count == 4, third, second)


def _thin(excess: Tensor) -> Tensor:
    """Returns 255 where the excess of light is rain: enough of it, and narrow."""
    wide = _dilated(_dilated(-_dilated(-excess)))
    return torch.minimum(_ramp(excess, _RAIN), 255 - _ramp(wide, _RAIN))


def _misfit(
    frame: Tensor, known: list[Tensor], middle: Tensor, count: Tensor
) -> Tensor:
    """Returns 255 where the views do not fit the frame, whatever the flow says."""
    darkest = torch.stack(known).amin(0)
    below = _nearby((darkest - frame).clamp(0, 255))
    above = _nearby((frame - middle).clamp_min(0))
    ratio = below / (above + _NOISE)
    return (255 * count * ratio - 255).clamp(0, 255).round()


def _nearby(difference: Tensor) -> Tensor:
    padded = nnf.pad(grey(difference).clamp_max(_MOST), (_AROUND,) * 4, mode="reflect")
    side = 2 * _AROUND + 1
    return nnf.avg_pool2d(nnf.avg_pool2d(padded, (side, 1), 1), (1, side), 1)


def _ramp(x: Tensor, between: tuple[float, float]) -> Tensor:
    start, end = between
    return (255 * ((x - start) / (end - start)).clamp(0, 1)).round()


def _dilated(x: Tensor) -> Tensor:
    """Returns the largest value of the disc around each pixel, inside the picture."""
    high = x.shape[2]
    wide = {
        half: nnf.pad(
            nnf.max_pool2d(x, (1, 2 * half + 1), 1, (0, half)),
            (0, 0, len(_HALVES) // 2, len(_HALVES) // 2),
            value=-_BRIGHTER,
        )
        for half in set(_HALVES)
    }
    rows = [wide[half][:, :, n : n + high] for n, half in enumerate(_HALVES)]
    return torch.stack(rows).amax(0)
