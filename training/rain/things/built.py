"""Thin things that people build: fences, masts, wires, cables, grids, lane marks.

Each function draws one kind of thing on a square, other in every call: how many, where,
how far apart, how wide and how slanted are drawn by lot.
"""

import torch

from training.rain.sampling import uniform
from training.rain.things.strokes import Lines, lines, number, rotated, whole

_SAG_PARTS = 6
_MOST_BARS = 40


def fence(size: int, rng: torch.Generator) -> Lines:
    """Returns bars side by side, evenly or closer and closer, and up to three rails."""
    step, rails = number(3.5, 24, rng), whole(0, 3, rng)
    count = min(_MOST_BARS, int(1.6 * size / step) + 2)
    place = torch.arange(count) * step * (1 + number(-0.4, 0.4, rng) / count)
    place = place + number(-0.3, 0.1, rng) * size
    place = place + uniform(-0.5, 0.5, count, rng) * step * number(0, 0.3, rng)
    top, slope = number(-0.3, 0.7, rng) * size, number(-0.3, 0.3, rng)
    tops = top + slope * place
    tops = tops + uniform(-1, 1, count, rng) * number(0, 0.08, rng) * size
    high, lean = number(0.15, 1.3, rng) * size, number(-0.1, 0.1, rng)
    width = number(0.5, min(4.0, step / 2), rng)
    bars = lines(place, tops, place + lean * high, tops + high, width)
    at = top + uniform(0, 1, rails, rng) * high
    far = 2.0 * size
    across = lines(-far, at - slope * far, far, at + slope * far, number(0.5, 3, rng))
    return torch.cat([bars, across])


def masts(size: int, rng: torch.Generator) -> Lines:
    """Returns single poles, each of its own height, width and slight lean."""
    count = whole(1, 10, rng)
    foot = uniform(0, 1, count, rng) * size
    bottom = uniform(0.3, 1.3, count, rng) * size
    high = uniform(0.15, 1.4, count, rng) * size
    lean = uniform(-0.15, 0.15, count, rng) * number(0, 1, rng)
    return lines(
        foot, bottom, foot + lean * high, bottom - high, uniform(0.5, 4, count, rng)
    )


def wires(size: int, rng: torch.Generator) -> Lines:
    """Returns wires across the picture, straight or hanging through, at any slant."""
    count = whole(1, 9, rng)
    left = uniform(-0.5, 1.2, count, rng) * size
    fall = number(-1, 1, rng) * size + uniform(-0.3, 0.3, count, rng) * size
    sag = uniform(0, 0.3, count, rng) * size * number(0, 1, rng)
    share = torch.linspace(0, 1, _SAG_PARTS + 1)[:, None]
    x = (share * 1.4 - 0.2) * size
    y = left + share * fall + 4 * share * (1 - share) * sag
    width = uniform(0.5, 2.5, count, rng)
    return lines(x[:-1], y[:-1], x[1:], y[1:], width)


def cables(size: int, rng: torch.Generator) -> Lines:
    """Returns a fan of cables that meet in one point, as of a bridge."""
    count = whole(4, 24, rng)
    x, y = number(-0.2, 1.2, rng) * size, number(-0.3, 0.6, rng) * size
    start, step = number(-1.5, 0.5, rng) * size, number(0.04, 0.2, rng) * size
    ends = x + start + torch.arange(count) * step
    return lines(x, y, ends, number(0.8, 1.6, rng) * size, number(0.5, 2.5, rng))


def grid(size: int, rng: torch.Generator) -> Lines:
    """Returns two sets of bars across each other: panes, tiles, netting, scaffolds."""
    reach = number(0.3, 1.2, rng) * size
    sets = [
        _bars(number(4, 32, rng), reach, rng) for _ in range(2)
    ]  # each with a distance of its own
    square = number(-8, 8, rng) + 90
    drawn = torch.cat([sets[0], rotated(sets[1], square, 0)])
    turn = number(30, 60, rng) if whole(0, 3, rng) == 0 else number(-6, 6, rng)
    drawn = rotated(drawn, turn, 0)
    shift = uniform(0, 1, 2, rng) * size
    drawn[:, :4] += shift.repeat(2)
    return drawn


def _bars(step: float, reach: float, rng: torch.Generator) -> Lines:
    """Upright bars on the square from -`reach` to `reach`."""
    count = min(_MOST_BARS, int(2 * reach / step) + 1)
    place = (torch.arange(count) - count / 2) * step
    return lines(place, -reach, place, reach, number(0.5, min(3.5, step / 2), rng))


def lane_marks(size: int, rng: torch.Generator) -> Lines:
    """Returns dashed or whole marks on a road that run together far away."""
    count, dashes = whole(1, 4, rng), whole(1, 7, rng)
    x, y = number(-0.5, 1.5, rng) * size, number(-0.6, 0.5, rng) * size
    foot = uniform(-0.5, 1.5, count, rng)[:, None] * size
    near = torch.linspace(0.03, 1, dashes + 1) ** number(1, 2.5, rng)
    begin, end = near[:-1], near[:-1] + number(0.3, 1, rng) * (near[1:] - near[:-1])
    width = number(1.5, 5, rng) * (begin + end) / 2 + 0.4
    down, across = 1.3 * size - y, foot - x
    return lines(
        x + across * begin, y + down * begin, x + across * end, y + down * end, width
    )
