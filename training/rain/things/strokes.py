"""Straight strokes of any width, drawn over pictures with smooth edges, in batches.

The distance of each pixel to each stroke decides, so that widths below a pixel and any
slant come out as a lens would show them.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from training.rain.sampling import uniform

Pictures = Float[Tensor, "batch 3 height width"]
Lines = Float[Tensor, "strokes 5"]
"""A row for each stroke: x and y of both ends, and the width, in pixels."""

_AT_ONCE = 16
_OUTSIDE = -1e4
"""Where strokes lie that only fill a batch up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strokes:
    """The strokes of a batch of pictures; each picture has its own edge and opacity."""

    lines: Float[Tensor, "batch strokes 5"]
    """As `Lines`."""
    colours: Float[Tensor, "batch strokes 3"]
    """RGB in [0, 1]."""
    softness: Float[Tensor, " batch"]
    """Over how many pixels an edge fades; 1 is as sharp as pixels allow."""
    opacity: Float[Tensor, " batch"]
    """How much of what is behind a stroke it hides, from 0 to 1."""


def lines(
    x0: Tensor | float,
    y0: Tensor | float,
    x1: Tensor | float,
    y1: Tensor | float,
    width: Tensor | float,
) -> Lines:
    """Returns a row for each stroke; numbers hold for all of them."""
    columns = [torch.as_tensor(c, dtype=torch.float32) for c in (x0, y0, x1, y1, width)]
    alike = torch.broadcast_tensors(*columns)  # type: ignore[no-untyped-call]  # torch's own stub
    return torch.stack(alike, dim=-1).reshape(-1, 5)


def number(low: float, high: float, rng: torch.Generator) -> float:
    """Returns one number from `low` to `high`."""
    return float(uniform(low, high, 1, rng))


def whole(low: int, high: int, rng: torch.Generator) -> int:
    """Returns one whole number from `low` to `high`, both included."""
    return int(torch.randint(low, high + 1, (1,), generator=rng))


def rotated(drawn: Lines, degrees: float, centre: float) -> Lines:
    """Returns the strokes turned around the point (`centre`, `centre`)."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turn = torch.tensor([[cosine, sine], [-sine, cosine]])
    ends = drawn[:, :4].reshape(-1, 2, 2) - centre
    ends = (ends @ turn + centre).reshape(-1, 4)
    return torch.cat([ends, drawn[:, 4:]], dim=1)


def batched(drawn: list[Lines]) -> Float[Tensor, "batch strokes 5"]:
    """Returns lists of different lengths as one batch; what is lacking lies outside."""
    most = max(len(rows) for rows in drawn)
    batch = torch.full((len(drawn), most, 5), _OUTSIDE)
    for place, rows in zip(batch, drawn, strict=True):
        place[: len(rows)] = rows
    return batch


def painted(pictures: Pictures, strokes: Strokes) -> Pictures:
    """Returns the pictures with the strokes over them.

    Where strokes meet, the one that covers most of a pixel is seen there.

    Args:
        pictures: RGB in [0, 1].
        strokes: On the pictures' device.
    """
    height, width = pictures.shape[2:]
    most = pictures.new_zeros((len(pictures), height, width))
    colour = pictures.new_zeros((len(pictures), height * width, 3))
    for first in range(0, strokes.lines.shape[1], _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        covers = _coverage(strokes.lines[:, part], strokes.softness, height, width)
        cover, which = covers.max(dim=1)
        own = torch.take_along_dim(
            strokes.colours[:, part], which.flatten(1)[..., None], dim=1
        )
        colour = torch.where((cover > most).flatten(1)[..., None], own, colour)
        most = torch.maximum(cover, most)
    alpha = (strokes.opacity[:, None, None] * most)[:, None]
    colour = colour.transpose(1, 2).reshape(pictures.shape)
    return pictures + alpha * (colour - pictures)


def _coverage(
    drawn: Float[Tensor, "batch strokes 5"],
    softness: Float[Tensor, " batch"],
    height: int,
    width: int,
) -> Float[Tensor, "batch strokes height width"]:
    """How much of each pixel each stroke covers, from 0 to 1."""
    x0, y0, x1, y1, wide = (c[..., None, None] for c in drawn.unbind(-1))
    device = drawn.device
    x = torch.arange(width, device=device) - x0
    y = torch.arange(height, device=device)[:, None] - y0
    along_x, along_y = x1 - x0, y1 - y0
    length = (along_x**2 + along_y**2).clamp(min=1e-6)
    share = ((x * along_x + y * along_y) / length).clamp(0, 1)
    away = torch.hypot(x - share * along_x, y - share * along_y)
    return ((wide / 2 - away) / softness[:, None, None, None] + 0.5).clamp(0, 1)
