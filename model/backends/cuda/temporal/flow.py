"""How a scene moves between two frames, found on the device.

Lucas and Kanade's step (IJCAI 1981) at every pixel, from coarse to fine: "Lucas-Kanade
20 Years On" (Baker and Matthews, IJCV 2004) calls it inverse compositional, for its
gradients are those of the first frame and stay. The finest level is half the luma's
size. `reference_flow.py` defines it in numpy.
"""

import torch
import torch.nn.functional as nnf
from jaxtyping import Float
from torch import Tensor

RADIUS = 4
"""Of the window that one vector stands for, in pixels of a level."""
STEPS = 4
"""At each level."""
LONGEST = 2.0
"""Pixels of a level that one step moves at most."""
SMALLEST = 12
"""Pixels on a side that the coarsest level has at least."""
STIFFNESS = 100.0
"""Squared gradient that is added to that of the window: flat places stay put."""
REACH = 8
"""Pixels of a level as far as vectors are evened out, by how well they are known."""
STREAK = 20.0
"""Levels of luma: a larger difference is rain or hidden, and counts as this."""


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
        levels.append((_halved(before), _halved(after)))
    flow = first.new_zeros(first.shape[0], 2, *levels[-1][0].shape[2:])
    for before, after in reversed(levels[1:] or levels):
        flow = _doubled(flow, before.shape[2:])
        flow = _smoothed(_refined(before, after, flow))
    return _doubled(flow, first.shape[2:])


def fetched(
    pictures: Float[Tensor, "pairs channels height width"],
    away: Float[Tensor, "pairs 2 height width"],
) -> Float[Tensor, "pairs channels height width"]:
    """Returns the pictures as seen from `away`; bilinear, the edge goes on outside."""
    height, width = away.shape[2:]
    x = torch.arange(width, device=away.device, dtype=away.dtype) + away[:, 0]
    y = torch.arange(height, device=away.device, dtype=away.dtype)[:, None] + away[:, 1]
    grid = torch.stack((2 * x / (width - 1) - 1, 2 * y / (height - 1) - 1), dim=3)
    return nnf.grid_sample(pictures, grid, padding_mode="border", align_corners=True)


def boxed(x: Float[Tensor, "n c h w"], radius: int) -> Float[Tensor, "n c h w"]:
    """Returns the mean around each pixel, inside the picture."""
    side = 2 * radius + 1
    rows = nnf.avg_pool2d(x, (side, 1), 1, (radius, 0), count_include_pad=False)
    return nnf.avg_pool2d(rows, (1, side), 1, (0, radius), count_include_pad=False)


def median_of_25(x: Float[Tensor, "n 1 h w"]) -> Float[Tensor, "n 1 h w"]:
    """Returns the median of the 5x5 pixels around each one."""
    padded = nnf.pad(x, (2, 2, 2, 2), mode="replicate")
    windows = padded.unfold(2, 5, 1).unfold(3, 5, 1).flatten(4)
    return windows.median(4).values


def _refined(before: Tensor, after: Tensor, flow: Tensor) -> Tensor:
    """Returns the flow after some steps at one level."""
    gx, gy = _slopes(before)
    a, b, c = (boxed(one, RADIUS) for one in (gx * gx, gx * gy, gy * gy))
    a, c = a + STIFFNESS, c + STIFFNESS
    determinant = a * c - b * b
    known = determinant / (a + c)  # how well texture holds the vector
    around = boxed(known, REACH)
    for _ in range(STEPS):
        miss = (before - fetched(after, flow)).clamp(-STREAK, STREAK)
        right, down = boxed(miss * gx, RADIUS), boxed(miss * gy, RADIUS)
        step = torch.cat((c * right - b * down, a * down - b * right), 1)
        flow = flow + (step / determinant).clamp(-LONGEST, LONGEST)
        flow = boxed(flow * known, REACH) / around
    return flow


def _slopes(x: Tensor) -> tuple[Tensor, Tensor]:
    wide = nnf.pad(x, (1, 1, 1, 1), mode="replicate")
    across = (wide[:, :, 1:-1, 2:] - wide[:, :, 1:-1, :-2]) / 2
    down = (wide[:, :, 2:, 1:-1] - wide[:, :, :-2, 1:-1]) / 2
    return across, down


def _halved(x: Tensor) -> Tensor:
    return nnf.avg_pool2d(x, 2, ceil_mode=True, count_include_pad=False)


def _doubled(flow: Tensor, size: torch.Size) -> Tensor:
    """Returns the flow of the next finer level; itself where it is that level's."""
    if flow.shape[2:] == size:
        return flow
    return 2 * nnf.interpolate(flow, size, mode="bilinear", align_corners=False)


def _smoothed(flow: Tensor) -> Tensor:
    """Returns each vector as the median of those around it."""
    pairs = flow.flatten(0, 1)[:, None]
    return median_of_25(pairs).reshape(flow.shape)
