"""Small thin things: lettering, grass, twigs, glints on water, scraps.

Each function draws one kind of thing on a square, other in every call.
"""

import math

import torch
from torch import Tensor

from training.rain.sampling import uniform
from training.rain.things.strokes import Lines, lines, number, rotated, whole

_LETTERS = 36
_BLADES = 48
_SHORT = 96
_FORKS = 4

_PARTS = torch.tensor(
    [
        (0.0, 0.0, 0.0, 1.0),
        (0.5, 0.0, 0.5, 1.0),
        (1.0, 0.0, 1.0, 1.0),
        (0.0, 0.0, 1.0, 0.0),
        (0.0, 0.5, 1.0, 0.5),
        (0.0, 1.0, 1.0, 1.0),
        (0.0, 0.0, 1.0, 1.0),
        (0.0, 1.0, 1.0, 0.0),
        (0.0, 0.4, 0.0, 1.0),
    ]
)
"""What letters are made of, each on a square of 1: bars, strokes, slants."""


def lettering(size: int, rng: torch.Generator) -> Lines:
    """Returns rows of letters of no alphabet, of one size and weight."""
    high = number(5, 24, rng)
    wide = high * number(0.35, 0.7, rng)
    step = wide * number(1.2, 1.8, rng)
    columns = max(1, min(int(size / step), _LETTERS))
    place = torch.arange(_LETTERS)
    left = number(-0.1, 0.3, rng) * size + place % columns * step
    top = number(-0.1, 0.7, rng) * size + place // columns * high * 1.5
    # Two parts of each letter; some letters are left out, as between words.
    there = (torch.rand(_LETTERS, generator=rng) < number(0.5, 1, rng)).nonzero()[:, 0]
    there = there if len(there) else place[:1]
    parts = _PARTS[torch.randint(len(_PARTS), (2, len(there)), generator=rng)]
    x, y = left[there], top[there]
    width = number(0.6, max(0.8, high / 7), rng)
    return lines(
        x + parts[..., 0] * wide,
        y + parts[..., 1] * high,
        x + parts[..., 2] * wide,
        y + parts[..., 3] * high,
        width,
    )


def blades(size: int, rng: torch.Generator) -> Lines:
    """Returns blades of grass or reed that bend, from a strip of ground or all over."""
    count = whole(_BLADES // 3, _BLADES, rng)
    x = number(0, 0.5, rng) * size + uniform(0, number(0.3, 1, rng), count, rng) * size
    y = (
        number(0.3, 1, rng) * size
        + uniform(0, number(0.05, 0.8, rng), count, rng) * size
    )
    high = uniform(0.4, 1, count, rng) * number(5, 40, rng)
    lean = number(-0.3, 0.3, rng) + uniform(-0.6, 0.6, count, rng) * number(0, 1, rng)
    bend = uniform(-0.4, 0.4, count, rng)
    knee_x, knee_y = x + lean * high / 2, y - high / 2
    width = uniform(0.5, 1, count, rng) * number(0.8, 2.5, rng)
    lower = lines(x, y, knee_x, knee_y, width)
    tip_x = knee_x + (lean + bend) * high / 2
    return torch.cat([lower, lines(knee_x, knee_y, tip_x, y - high, 0.7 * width)])


def glints(size: int, rng: torch.Generator) -> Lines:
    """Returns short level dashes, as of light on waves, denser towards one side."""
    count = whole(12, _SHORT, rng)
    return _short(
        uniform(0, 1, count, rng) * size,
        (uniform(0, 1, count, rng) ** number(0.5, 2, rng)) * size,
        uniform(1, number(3, 14, rng), count, rng),
        math.pi / 2 + uniform(-0.2, 0.2, count, rng) * number(0, 1, rng),
        uniform(0.5, 2, count, rng),
    )


def scraps(size: int, rng: torch.Generator) -> Lines:
    """Returns short pieces in every direction, or most of them in one."""
    count = whole(8, _SHORT, rng)
    spread = math.pi if whole(0, 1, rng) else number(0.05, 0.5, rng)
    return _short(
        uniform(0, 1, count, rng) * size,
        uniform(0, 1, count, rng) * size,
        uniform(1, number(4, 16, rng), count, rng),
        number(-1.6, 1.6, rng) + uniform(-1, 1, count, rng) * spread,
        uniform(0.5, number(1, 4, rng), count, rng),
    )


def _short(x: Tensor, y: Tensor, length: Tensor, angle: Tensor, width: Tensor) -> Lines:
    """Strokes from a place, at an angle from straight down, in radians."""
    return lines(x, y, x + length * angle.sin(), y + length * angle.cos(), width)


def twigs(size: int, rng: torch.Generator) -> Lines:
    """Returns up to three branches that fork, finer and finer."""
    count = whole(1, 3, rng)
    x, y = uniform(0, 1, count, rng) * size, uniform(0.3, 1.2, count, rng) * size
    angle = math.pi + uniform(-1, 1, count, rng)  # upwards
    length, width = number(0.15, 0.45, rng) * size, number(1.2, 4, rng)
    drawn = []
    for _ in range(_FORKS + 1):
        long = length * uniform(0.6, 1.2, len(x), rng)
        drawn.append(_short(x, y, long, angle, torch.full((len(x),), width)))
        x, y = (drawn[-1][:, axis].repeat(2) for axis in (2, 3))
        angle = angle.repeat(2) + uniform(-0.8, 0.8, len(x), rng)
        length, width = length * 0.7, max(0.5, width * 0.7)
    return rotated(torch.cat(drawn), number(-20, 20, rng), size / 2)
