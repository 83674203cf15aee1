"""Thin things in front of clean pictures, which the network is to leave as they are.

Posts, wires, lettering and grass look like streaks to a network that has seen thin
bright lines in rain alone: it takes them out. Here they stand in the truth, dry and in
rain. They are drawn by other means than the set that measures the harm
(`evaluation/sets/thin_things.py`), so that this set stays a test.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from training.rain.sampling import host_generator, uniform
from training.rain.things import built, small
from training.rain.things.strokes import (
    Lines,
    Strokes,
    batched,
    number,
    painted,
    rotated,
    whole,
)

Pictures = Float[Tensor, "batch 3 height width"]

KINDS: dict[str, Callable[[int, torch.Generator], Lines]] = {
    "fence": built.fence,
    "masts": built.masts,
    "wires": built.wires,
    "cables": built.cables,
    "grid": built.grid,
    "lane marks": built.lane_marks,
    "lettering": small.lettering,
    "blades": small.blades,
    "glints": small.glints,
    "scraps": small.scraps,
    "twigs": small.twigs,
}
"""What draws each kind of thing on a square of so many pixels."""

_TWO_KINDS = 0.35
"""Chance that things of a second kind stand in a picture."""
_ANY_WAY_UP = 0.12
"""Chance that things lie at any angle, as after a quarter turn of the camera."""
_HUES = torch.tensor(
    [
        (0.95, 0.95, 0.92),
        (0.95, 0.95, 0.92),
        (0.98, 0.98, 0.98),
        (0.85, 0.86, 0.88),
        (0.8, 0.82, 0.85),
        (0.6, 0.6, 0.6),
        (0.05, 0.05, 0.06),
        (0.2, 0.18, 0.15),
        (0.45, 0.65, 0.3),
        (0.9, 0.8, 0.3),
        (0.75, 0.25, 0.2),
        (0.25, 0.4, 0.75),
    ]
)
"""Colours of groups of things: white and grey, dark, and some of paint and leaf."""


def with_thin_things(
    clean: Pictures, chance: float, generator: torch.Generator
) -> Pictures:
    """Returns pictures in front of some of which thin things stand.

    What stands where is drawn on the host, for a device would have to be waited for.

    Args:
        clean: RGB in [0, 1], as high as wide.
        chance: Of each picture.
        generator: On the pictures' device.
    """
    host = host_generator(generator)
    met = (torch.rand(len(clean), generator=host) < chance).nonzero()[:, 0]
    if not len(met):
        return clean
    drawn = batched([_things(max(clean.shape[2:]), host) for _ in met])
    place = met.to(clean.device)
    behind = clean[place]
    after = painted(behind, _strokes(drawn, behind, host))
    return clean.index_copy(0, place, after)


def _things(size: int, rng: torch.Generator) -> Lines:
    """Things of one kind or two, each turned a little or, rarely, any way."""
    kinds = list(KINDS.values())
    count = 2 if number(0, 1, rng) < _TWO_KINDS else 1
    return torch.cat(
        [
            rotated(kinds[whole(0, len(kinds) - 1, rng)](size, rng), turn, size / 2)
            for turn in [_turn(rng) for _ in range(count)]
        ]
    )


def _turn(rng: torch.Generator) -> float:
    """Degrees; small ones are likelier."""
    if number(0, 1, rng) < _ANY_WAY_UP:
        return number(-90, 90, rng)
    return number(-12, 12, rng) * number(0, 1, rng)


def _strokes(
    drawn: Float[Tensor, "batch strokes 5"], behind: Pictures, rng: torch.Generator
) -> Strokes:
    """The lines in colours from hardly other than the picture's to wholly other."""
    count, most, _ = drawn.shape
    device = behind.device
    hue = _HUES[torch.randint(len(_HUES), (count, 1), generator=rng)]
    own = torch.rand((count, most, 3), generator=rng)
    grey = own.mean(dim=2, keepdim=True)
    motley = torch.rand((count, 1, 1), generator=rng)
    # Most groups are of one colour in many shades, some are of every colour.
    shades = torch.where(motley < 0.12, own, hue + 0.25 * motley * (grey - 0.5))
    contrast = uniform(0.25, 1, count, rng)[:, None, None]
    softness, opacity = uniform(0.8, 1.8, count, rng), uniform(0.6, 1.3, count, rng)
    mean = behind.mean(dim=(2, 3))[:, None]
    shades, contrast = shades.to(device), contrast.to(device)
    return Strokes(
        lines=drawn.to(device),
        colours=(mean + contrast * (shades - mean)).clamp(0, 1),
        softness=softness.to(device),
        opacity=opacity.clamp(max=1).to(device),
    )
