"""What a frame's neighbours, fetched along its motion, say of the frame.

At each pixel the neighbours are put in order, the brightest first, and the frame is
made as dark as one of them, or stays, or lies between: a small network says by how
much, from how the frame and its neighbours differ there and around. It never makes a
frame brighter, for rain only adds light, and large bright things stay.

Both the host and a GPU compute it by this, in PyTorch. The weights ship with the
program; `training.fusion` made them, docs/temporal.md says what they are worth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import torch
import torch.nn.functional as nnf
from jaxtyping import Float, Real
from safetensors.torch import load_file
from torch import Tensor, nn

Levels = Real[Tensor, "batch 3 height width"]
"""RGB, 0 to 255: whole numbers as they come, or float32."""
Plane = Float[Tensor, "batch 1 height width"]

SHIPPED = Path(__file__).parents[1] / "shipped" / "temporal-fusion.safetensors"
ORDERED = 4
"""Neighbours in their order; fewer of them count more than once."""

_LUMA = (0.299, 0.587, 0.114)
_FEATURES, _FINE, _CHANNELS = 9, 5, 16
"""What the network looks at, how much of it is of a pixel itself; its channels."""
_REACHES = (1, 2, 4, 8)
"""Pixels of half size between what each of its convolutions compares."""
_SCALE, _MOST = 32.0, 2.0
"""Levels of difference that are one, and how many of these count."""
_TEXTURE, _AROUND = 2, 7
"""Pixels to each side of what is compared around one."""
_BRIGHT = 64.0
"""More light than this counts as this, where frames are compared around a pixel."""
_FIT, _FAR = 8.0, 4.0
"""Scales of what is compared around a pixel, and of the logarithm of the motion."""
_FAINT = 0.05
"""A share up to this is none, for a softmax is never zero; one beyond the rest of it is
whole."""
_LARGE = (2.0, 8.0)
"""Levels of a large bright thing from which it begins to stay, and stays."""
_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (19, 19))
_HALVES = [int(row.sum()) // 2 for row in _DISC]
"""How far the disc reaches to each side of its middle, row by row."""
_BELOW_ALL = -1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The neighbours of a frame, as the frame would see them."""

    ordered: Sequence[Levels]
    """Four, the brightest at each pixel and colour first."""
    lost: Plane
    """Share of the neighbours that do not show a pixel, 0 to 1: those have the frame's
    own there."""
    far: Plane
    """How far away the pixel is in them, on average, in pixels."""


class Fusion(nn.Module):
    """Says how much of each neighbour a pixel takes; twelve thousand weights.

    It looks around at half size, and says of each pixel what it found there together
    with what the pixel itself is like.
    """

    def __init__(self) -> None:
        super().__init__()
        self.begin = nn.Conv2d(_FEATURES, _CHANNELS, 4, stride=2, padding=1)
        self.around = nn.ModuleList(
            nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=reach, dilation=reach)
            for reach in _REACHES
        )
        self.end = nn.Conv2d(_CHANNELS, 4 * ORDERED, 1)
        self.own = nn.Linear(_FEATURES, ORDERED, bias=False)
        # from the frame itself to the darkest neighbour that is taken
        bias = torch.tensor([2.0, 0.0, 0.0, -2.0]).repeat_interleave(4)
        self.end.bias = nn.Parameter(bias)

    def forward(self, frame: Levels, seen: Seen) -> Float[Tensor, "b 3 h w"]:
        """Returns the frame as its neighbours have it."""
        shares = self.shares(features(frame, seen))
        removed = torch.zeros_like(frame, dtype=torch.float32)
        excesses = [brighter(frame, other) for other in seen.ordered[:-1]]
        for excess, share in zip(excesses, torch.split(shares, 1, 1)[1:], strict=True):
            removed.addcmul_(excess.float(), share)
        stays = large(luma(excesses[1]))
        return frame - removed.mul_(1 - stays)

    def shares(
        self, x: Float[Tensor, "batch 9 height width"]
    ) -> Float[Tensor, "batch 4 height width"]:
        """Returns the shares of the frame and three of its neighbours, 0 to 1."""
        shares = self.logits(x).softmax(1)
        firm = ((shares - _FAINT) / (1 - 2 * _FAINT)).clamp(0, 1)
        if not shares.requires_grad:
            return firm
        # one that is none would never learn to be one
        return shares + (firm - shares).detach()

    def logits(
        self, x: Float[Tensor, "batch 9 height width"]
    ) -> Float[Tensor, "batch 4 height width"]:
        """Returns the logarithms of the shares, up to what all have in common."""
        height, width = x.shape[2:]
        if height % 2 or width % 2:
            x = nnf.pad(x, (0, width % 2, 0, height % 2), mode="replicate")
        y = nnf.relu(self.begin(x), inplace=True)
        for convolution in self.around:
            y = _added(nnf.relu(convolution(y), inplace=True), y)
        logits = self._of_pixels(x, self.end(y))
        return logits[:, :, :height, :width]

    def _of_pixels(self, x: Tensor, found: Tensor) -> Tensor:
        """Returns what the pixels themselves say, and what was found around them."""
        own = self.own.weight @ x.flatten(2)
        squares = own.view(-1, ORDERED, x.shape[2] // 2, 2, x.shape[3] // 2, 2)
        squares += torch.unflatten(found, 1, (ORDERED, 2, 2)).permute(0, 1, 4, 2, 5, 3)
        return own.view(-1, ORDERED, *x.shape[2:])


def fused(frame: Levels, seen: Seen) -> Levels:
    """Returns the frame as its neighbours have it, by the network that ships."""
    made: Tensor = shipped(frame.device)(frame, seen)
    return made


@lru_cache(maxsize=4)
def shipped(device: torch.device) -> Fusion:
    """Returns the network with the weights that ship, on a device."""
    network = Fusion()
    network.load_state_dict(load_file(SHIPPED))
    network = network.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's own stub
    return network.eval().requires_grad_(False)


def _added(x: Tensor, y: Tensor) -> Tensor:
    """Returns the sum; in the place of `x`, where no gradient needs it."""
    return x + y if x.requires_grad else x.add_(y)


def brighter(frame: Levels, other: Levels) -> Levels:
    """Returns by how much a frame is the brighter."""
    return torch.maximum(frame, other) - other


def in_order(views: Sequence[Levels]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Returns two to four views by their light, the brightest of each pixel first.

    Of two each counts twice, of three the brightest.
    """
    first, second = views[0], views[1]
    high, low = torch.maximum(first, second), torch.minimum(first, second)
    if len(views) == 2:
        return high, high, low, low
    if len(views) == 3:
        third = views[2]
        rest = torch.minimum(high, third)
        top = torch.maximum(high, third)
        return top, top, torch.maximum(low, rest), torch.minimum(low, rest)
    third, fourth = views[2], views[3]
    other_high, other_low = torch.maximum(third, fourth), torch.minimum(third, fourth)
    one, two = torch.minimum(high, other_high), torch.maximum(low, other_low)
    return (
        torch.maximum(high, other_high),
        torch.maximum(one, two),
        torch.minimum(one, two),
        torch.minimum(low, other_low),
    )


def features(frame: Levels, seen: Seen) -> Float[Tensor, "batch 9 height width"]:
    """Returns what the network looks at, each about as large as one."""
    own = luma(frame)
    others = [luma(view) for view in seen.ordered]
    differences = [own - other for other in others]
    texture = others[1] - _mean(others[1], _TEXTURE)
    # rain hardly explains a frame darker than all its neighbours
    below = _mean((others[3] - own).clamp(0, _BRIGHT), _AROUND) / _FIT
    above = _mean((own - others[1]).clamp(0, _BRIGHT), _AROUND) / _FIT
    far = torch.log1p(seen.far) / _FAR
    found = torch.cat([*differences, texture, below, above, seen.lost, far], 1)
    found[:, :_FINE].div_(_SCALE).clamp_(-_MOST, _MOST)
    return found


def luma(levels: Levels) -> Plane:
    """Returns luma, 0 to 255."""
    red, green, blue = (levels[:, n : n + 1].float() for n in range(3))
    return _LUMA[0] * red + _LUMA[1] * green + _LUMA[2] * blue


def large(excess: Plane) -> Plane:
    """Returns 1 where the excess of light is of a large thing, a lamp or a car's.

    In whole levels, up to 255.
    """
    whole = excess.round().clamp_(0, 255)
    if whole.device.type == "cpu":
        found = _on_host(whole.byte(), _opened_and_dilated).float()
    else:
        found = opened_and_dilated_on_device(whole)
    start, end = _LARGE
    return ((found - start) / (end - start)).clamp_(0, 1)


def _opened_and_dilated(x: Any) -> Any:
    return cv2.dilate(cv2.morphologyEx(x, cv2.MORPH_OPEN, _DISC), _DISC)


def opened_and_dilated_on_device(x: Plane) -> Plane:
    """Returns what OpenCV's opening and dilation by the disc return on the host."""
    return _dilated(_dilated(-_dilated(-x)))


def _mean(x: Plane, radius: int) -> Plane:
    """Returns the mean around each pixel of a plane that needs no gradient."""
    side = 2 * radius + 1
    if x.device.type == "cpu":
        return _on_host(x, lambda one: cv2.blur(one, (side, side)))
    return mean_on_device(x, radius)


def mean_on_device(x: Plane, radius: int) -> Plane:
    """Returns what OpenCV's blur returns on the host."""
    side = 2 * radius + 1
    padded = nnf.pad(x, (radius,) * 4, mode="reflect")
    return nnf.avg_pool2d(nnf.avg_pool2d(padded, (side, 1), 1), (1, side), 1)


def _dilated(x: Plane) -> Plane:
    """Returns the largest value of the disc around each pixel, inside the picture."""
    high, reach = x.shape[2], len(_HALVES) // 2
    wide = {
        half: nnf.pad(
            nnf.max_pool2d(x, (1, 2 * half + 1), 1, (0, half)),
            (0, 0, reach, reach),
            value=_BELOW_ALL,
        )
        for half in set(_HALVES)
    }
    rows = [wide[half][:, :, n : n + high] for n, half in enumerate(_HALVES)]
    return torch.stack(rows).amax(0)


def _on_host(x: Tensor, work: Callable[[Any], Any]) -> Tensor:
    """Has OpenCV do it, in a fraction of PyTorch's time."""
    made = [torch.from_numpy(work(one.numpy())) for one in x[:, 0].contiguous()]
    return torch.stack(made)[:, None]
