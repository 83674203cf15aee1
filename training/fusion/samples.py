"""What a fusion learns from: rainy frames, their neighbours, and the truth.

The neighbours are fetched as the program does, with what its flow gets wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from model.motion.fusion import Seen, in_order
from model.temporal.neighbours import Neighbours, View, way_of
from training.data.camera import Frames
from training.data.sequences import rained_on
from training.fusion.scenes import FRAMES
from training.rain.showers import Showers
from training.rain.weather import Weather

_MIDDLE = FRAMES // 2
_VIEWS = FRAMES - 1
_AT_ONCE = 4
"""Scenes in rain of one draw."""

SHARES = {
    "heavy": 0.15,
    "light": 0.2,
    "wide": 0.1,
    "short": 0.1,
    "bold": 0.35,
    "far": 0.1,
}
"""Kinds of rain maps that fall."""
WEATHER = Weather(veil=0.15, night=0.05, lamps=0.0, dry=0.2, compression=0.2, noise=0.2)


class Scenes(Protocol):
    """Draws scenes without rain."""

    def frames(self, count: int, size: int) -> Frames:
        """Returns so many, squares of so many pixels, RGB in [0, 1]."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Of several scenes; pictures in levels, 0 to 255."""

    frame: UInt8[Tensor, "batch 3 height width"]
    truth: UInt8[Tensor, "batch 3 height width"]
    views: UInt8[Tensor, "batch 4 3 height width"]
    """The two frames before, the nearer first, and the two after."""
    lost: UInt8[Tensor, "batch 4 height width"]
    """255 where a view does not show a pixel."""
    far: Float[Tensor, "batch 4 height width"]
    """How far away it is there, in pixels; float16."""

    def __len__(self) -> int:
        return len(self.frame)

    def crops(self, count: int, size: int, generator: torch.Generator) -> "Samples":
        """Returns random squares, half of them mirrored."""
        side = self.frame.shape[-1]
        which = torch.randint(len(self), (count,), generator=generator).tolist()
        at = torch.randint(side - size + 1, (count, 2), generator=generator).tolist()
        mirrored = torch.rand(count, generator=generator) < 0.5

        def cut(whole: Tensor) -> Tensor:
            parts = []
            for scene, (top, left), turned in zip(which, at, mirrored, strict=True):
                one = whole[scene, ..., top : top + size, left : left + size]
                parts.append(one.flip(-1) if turned else one)
            return torch.stack(parts)

        return Samples(*(cut(part) for part in self.parts()))

    def part(self, begin: int, end: int) -> "Samples":
        """Returns some of the scenes."""
        return Samples(*(part[begin:end] for part in self.parts()))

    def seen(self, later: int) -> Seen:
        """Returns the neighbours, with none, one or two of the later ones."""
        count = 2 + later
        views = [self.views[:, n].float() for n in range(count)]
        lost = self.lost[:, :count].float().mean(1, keepdim=True) / 255
        far = self.far[:, :count].float().mean(1, keepdim=True)
        return Seen(ordered=in_order(views), lost=lost, far=far)

    def parts(self) -> tuple[Tensor, ...]:
        """Returns all tensors, in their order."""
        return self.frame, self.truth, self.views, self.lost, self.far


def joined(parts: Sequence[Samples]) -> Samples:
    """Returns the samples of all parts."""
    tensors = zip(*(part.parts() for part in parts), strict=True)
    return Samples(*(torch.cat(list(of)) for of in tensors))


def drawn(
    scenes: Scenes, showers: Showers, count: int, size: int, generator: torch.Generator
) -> Iterator[Samples]:
    """Yields about so many samples, a few at a time.

    What shows two scenes is left out, as the program would.
    """
    for _ in range(0, count, _AT_ONCE):
        clean = scenes.frames(_AT_ONCE, size)
        showers.renew(2)
        rain = showers.crops(_AT_ONCE, size)
        rainy, truth = (
            (255 * frames).round().clamp(0, 255).byte()
            for frames in rained_on(clean, rain, WEATHER, generator)
        )
        made = [_sample(rainy[:, n], truth[_MIDDLE, n]) for n in range(_AT_ONCE)]
        if whole := [one for one in made if one is not None]:
            yield joined(whole)


def _sample(rainy: Tensor, truth: Tensor) -> Samples | None:
    """Returns the middle one of [frames, 3, height, width] and its neighbours."""
    frames = [np.ascontiguousarray(one.permute(1, 2, 0).numpy()) for one in rainy]
    neighbours = Neighbours(ahead=_MIDDLE)
    views: list[View] = []
    for frame in frames:
        neighbours.push(frame)
        if neighbours.due:
            _, views = neighbours.see()
    if len(views) < _VIEWS:
        return None
    pictures = np.stack([view.picture for view in views])
    lost = np.stack([view.path.lost for view in views])
    far = np.stack([way_of(view.path) for view in views])
    return Samples(
        rainy[_MIDDLE][None],
        truth[None],
        torch.from_numpy(pictures).permute(0, 3, 1, 2)[None],
        torch.from_numpy(lost)[None],
        torch.from_numpy(far).half()[None],
    )
