"""How a scene moves between two frames, found on the device.

What `model.motion.dense_flow` says on the host, step for step and with its constants.
"""

import torch
import torch.nn.functional as nnf
from jaxtyping import Float
from torch import Tensor

from model.motion.dense_flow import (
    AGREE,
    BETTER,
    BLEND,
    BY_LEVELS,
    BY_SHARE,
    LONGEST,
    LOOSE,
    SMALLEST,
    STIFF,
    STREAK,
    Texture,
)


def flow_between(
    first: Float[Tensor, "pairs 1 height width"],
    second: Float[Tensor, "pairs 1 height width"],
) -> Float[Tensor, "pairs 2 height width"]:
    """Returns where each pixel of `first` is in `second`: x and y, in pixels away.

    Both are luma from 0 to 255.
    """
    levels = [(first, second)]
    while min(levels[-1][0].shape[2:]) >= 2 * SMALLEST:
        before, after = levels[-1]
        levels.append((halved(before), halved(after)))
    finest, *coarse = levels[1:] or levels
    stiff = loose = first.new_zeros(first.shape[0], 2, *levels[-1][0].shape[2:])
    for pair in reversed(coarse):
        stiff, loose = _refined(*pair, stiff, STIFF), _refined(*pair, loose, LOOSE)
    if coarse:
        stiff = _better(*coarse[0], stiff, loose)
    stiff, loose = _refined(*finest, stiff, STIFF), _refined(*finest, loose, LOOSE)
    return _doubled(_better(*finest, stiff, loose), first.shape[2:])


def fetched(
    pictures: Float[Tensor, "pairs channels height width"],
    away: Float[Tensor, "pairs 2 height width"],
    mode: str = "bilinear",
) -> Float[Tensor, "pairs channels height width"]:
    """Returns the pictures as seen from `away`; the edge goes on outside."""
    height, width = away.shape[2:]
    x = torch.arange(width, device=away.device, dtype=away.dtype) + away[:, 0]
    y = torch.arange(height, device=away.device, dtype=away.dtype)[:, None] + away[:, 1]
    grid = torch.stack((2 * x / (width - 1) - 1, 2 * y / (height - 1) - 1), dim=3)
    return nnf.grid_sample(
        pictures, grid, mode, padding_mode="border", align_corners=True
    )


def halved(x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c _ _"]:
    """Returns the means of 2x2 pixels; of what there is of them at an odd edge."""
    return nnf.avg_pool2d(x, 2, ceil_mode=True, count_include_pad=False)


def boxed(x: Float[Tensor, "n c h w"], radius: int) -> Float[Tensor, "n c h w"]:
    """Returns the mean around each pixel, inside the picture."""
    side = 2 * radius + 1
    rows = nnf.avg_pool2d(x, (side, 1), 1, (radius, 0), count_include_pad=False)
    return nnf.avg_pool2d(rows, (1, side), 1, (0, radius), count_include_pad=False)


def blurred(x: Float[Tensor, "n c h w"], radius: int) -> Float[Tensor, "n c h w"]:
    """Returns the mean around each pixel, where the edge goes on outside."""
    side = 2 * radius + 1
    padded = nnf.pad(x, (radius,) * 4, mode="replicate")
    return nnf.avg_pool2d(nnf.avg_pool2d(padded, (side, 1), 1), (1, side), 1)


def median_of_25(x: Float[Tensor, "n 1 h w"]) -> Float[Tensor, "n 1 h w"]:
    """Returns the median of the 5x5 pixels around each one."""
    padded = nnf.pad(x, (2, 2, 2, 2), mode="replicate")
    windows = padded.unfold(2, 5, 1).unfold(3, 5, 1).flatten(4)
    return windows.median(4).values


def _refined(before: Tensor, after: Tensor, flow: Tensor, hold: Texture) -> Tensor:
    """Returns the flow of a level, from that of this or the next coarser one."""
    flow = _doubled(flow, before.shape[2:])
    gx, gy = _slopes(before)
    a, b, c = (boxed(one, hold.radius) for one in (gx * gx, gx * gy, gy * gy))
    a, c = a + hold.stiffness, c + hold.stiffness
    determinant = a * c - b * b
    known = determinant / (a + c)  # how well texture holds the vector
    around = boxed(known, hold.reach)
    for _ in range(hold.steps):
        miss = (before - fetched(after, flow)).clamp(-STREAK, STREAK)
        right, down = (boxed(miss * slope, hold.radius) for slope in (gx, gy))
        step = torch.cat((c * right - b * down, a * down - b * right), 1)
        flow = flow + (step / determinant).clamp(-LONGEST, LONGEST)
        flow = boxed(flow * known, hold.reach) / around
    pairs = flow.flatten(0, 1)[:, None]
    return median_of_25(pairs).reshape(flow.shape)


def _better(before: Tensor, after: Tensor, stiff: Tensor, loose: Tensor) -> Tensor:
    """Returns the stiff flow, and the loose one where the frames agree along it."""
    ours, others = (
        blurred((before - fetched(after, flow)).abs().clamp_max(STREAK), AGREE)
        for flow in (stiff, loose)
    )
    chance = BY_SHARE * ours.mean((1, 2, 3), keepdim=True) + BY_LEVELS
    share = blurred((others < BETTER * ours - chance).float(), BLEND)
    return stiff + (loose - stiff) * share


def _slopes(x: Tensor) -> tuple[Tensor, Tensor]:
    wide = nnf.pad(x, (1, 1, 1, 1), mode="replicate")
    across = (wide[:, :, 1:-1, 2:] - wide[:, :, 1:-1, :-2]) / 2
    down = (wide[:, :, 2:, 1:-1] - wide[:, :, :-2, 1:-1]) / 2
    return across, down


def _doubled(flow: Tensor, size: torch.Size) -> Tensor:
    """Returns the flow of the next finer level; itself where it is that level's."""
    if flow.shape[2:] == size:
        return flow
    return 2 * nnf.interpolate(flow, size, mode="bilinear", align_corners=False)
