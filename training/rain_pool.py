"""A pool of rain maps for training pictures, renewed a few at a time.

Drawing a map costs more than using one; each is seen through many crops before it goes.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from sources.rain import STYLES, RainStyle, rain_maps

RainMaps = Float[Tensor, "batch 1 height width"]


class RainPool:
    """Rain maps of several styles, as their shares say; one thread uses it."""

    def __init__(
        self,
        shares: dict[str, float],
        count: int,
        size: int,
        generator: torch.Generator,
    ) -> None:
        self._styles = _in_proportion(shares, count)
        self._size = size
        self._generator = generator
        self._next = 0
        self.maps: RainMaps = torch.cat([self._draw(style) for style in self._styles])
        """Float16, white 1; part of what a checkpoint keeps."""

    def _draw(self, style: RainStyle) -> RainMaps:
        return rain_maps(style, 1, self._size, self._generator).to(torch.float16)

    def renew(self, count: int) -> None:
        """Replaces the `count` oldest maps by new ones of the same style."""
        for _ in range(count):
            self.maps[self._next] = self._draw(self._styles[self._next])[0]
            self._next = (self._next + 1) % len(self._styles)

    def crops(self, count: int, size: int) -> RainMaps:
        """Returns random squares of random maps, mirrored and scaled at random.

        Left and right may be swapped; up and down may not: rain falls.
        """
        draws = torch.rand(
            (count, 5), generator=self._generator, device=self._generator.device
        ).tolist()
        return torch.stack([self._crop(draw, size) for draw in draws]).float()

    def _crop(self, draw: list[float], size: int) -> Tensor:
        index = int(draw[0] * len(self._styles))
        span = self._size - size + 1
        top, left = int(draw[1] * span), int(draw[2] * span)
        crop = self.maps[index, :, top : top + size, left : left + size]
        return (0.6 + 0.7 * draw[4]) * (crop.flip(2) if draw[3] < 0.5 else crop)

    def state(self) -> dict[str, Tensor | int]:
        """Returns what `restore` needs to go on exactly from here."""
        return {"maps": self.maps, "next": self._next}

    def restore(self, state: dict[str, Tensor | int]) -> None:
        """Goes on from a state."""
        maps, position = state["maps"], state["next"]
        if isinstance(maps, Tensor) and isinstance(position, int):
            self.maps.copy_(maps)
            self._next = position


def _in_proportion(shares: dict[str, float], count: int) -> list[RainStyle]:
    """Styles for `count` maps; neighbours differ, so renewal touches all in turn."""
    total = sum(shares.values())
    owed = dict.fromkeys(shares, 0.0)
    styles = []
    for _ in range(count):
        for name, share in shares.items():
            owed[name] += share / total
        name = max(owed, key=lambda key: owed[key])
        owed[name] -= 1
        styles.append(STYLES[name])
    return styles
