"""What a kind of rain looks like in numbers: to compare made rain with a set's own.

Of each map of light: how much there is, how it is spread, how fine it is, and how it
lies. None of them knows where a streak is, so that maps of other scenes compare.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

RainMaps = Float[Tensor, "batch 1 height width"]

_LEVELS = (8 / 255, 32 / 255)
_QUANTILES = (0.5, 0.9, 0.99)
_BANDS = (1.0, 2.0, 4.0, 8.0)
"""Standard deviations, in pixels, whose blurs the bands lie between."""
_LAGS = (2, 4, 8, 16)
NAMES = (
    "mean",
    *(f"share over {round(level * 255)}" for level in _LEVELS),
    *(f"quantile {q:g}" for q in _QUANTILES),
    *(f"band {sigma:g}" for sigma in _BANDS),
    "coherence",
    "direction",
    "skew",
    "kurtosis",
    *(f"alike {lag} along" for lag in _LAGS),
    *(f"alike {lag} across" for lag in _LAGS),
)


def statistics(maps: RainMaps) -> Float[Tensor, "batch names"]:
    """Returns the numbers of `NAMES` for each map of light, white being 1."""
    flat = maps.flatten(1)
    mean = flat.mean(1)
    centred = flat - mean[:, None]
    variance = centred.square().mean(1).clamp(min=1e-8)
    columns = [mean]
    columns += [(flat > level).float().mean(1) for level in _LEVELS]
    columns += list(flat.quantile(torch.tensor(_QUANTILES), dim=1))
    columns += _bands(maps)
    columns += _directions(maps)
    columns.append(centred.pow(3).mean(1) / variance**1.5)
    columns.append((1 + centred.pow(4).mean(1) / variance**2).log())
    around = maps - mean[:, None, None, None]
    for axis in (2, 3):
        columns += [_alike(around, lag, axis, variance) for lag in _LAGS]
    return torch.stack(columns, dim=1)


def distance(
    ours: Float[Tensor, "ours names"], theirs: Float[Tensor, "theirs names"]
) -> float:
    """Returns how far two sets of numbers are apart, 0 for the same.

    The mean over all numbers of the difference of their means and of their spreads, in
    standard deviations of `theirs`, over maps.
    """
    spread = theirs.std(0).clamp(min=1e-3)
    means = (ours.mean(0) - theirs.mean(0)).abs() / spread
    spreads = (ours.std(0) - theirs.std(0)).abs() / spread
    return float((means + 0.5 * spreads).clamp(max=5).mean())


def _bands(maps: RainMaps) -> list[Tensor]:
    """The standard deviation of what lies between each blur and the next wider."""
    blurred = [maps, *(_blurred(maps, sigma) for sigma in _BANDS)]
    return [(fine - wide).flatten(1).std(1) for fine, wide in pairwise(blurred)]


def _blurred(maps: RainMaps, sigma: float) -> RainMaps:
    reach = int(3 * sigma)
    line = torch.arange(-reach, reach + 1, dtype=maps.dtype)
    weights = torch.exp(-0.5 * (line / sigma) ** 2)
    weights = weights / weights.sum()
    padded = F.pad(maps, (reach,) * 4, mode="replicate")
    along = F.conv2d(padded, weights[None, None, :, None])
    return F.conv2d(along, weights[None, None, None, :])


def _directions(maps: RainMaps) -> list[Tensor]:
    """How much all edges agree, 0 to 1, and the angle of streaks from straight down."""
    down = (maps[:, :, 1:, :-1] - maps[:, :, :-1, :-1]).flatten(1)
    right = (maps[:, :, :-1, 1:] - maps[:, :, :-1, :-1]).flatten(1)
    xx, yy, xy = (part.mean(1) for part in (right * right, down * down, right * down))
    apart = ((xx - yy) ** 2 + 4 * xy**2).sqrt()
    coherence = apart / (xx + yy).clamp(min=1e-8)
    return [coherence, 0.5 * torch.atan2(2 * xy, xx - yy)]


def _alike(around: RainMaps, lag: int, axis: int, variance: Tensor) -> Tensor:
    length = around.shape[axis] - lag
    first, second = around.narrow(axis, 0, length), around.narrow(axis, lag, length)
    return (first * second).flatten(1).mean(1) / variance
