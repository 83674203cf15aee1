"""A pool of rain maps for training pictures, renewed a few at a time.

Drawing a map costs more than using one; each is seen through many crops before it goes.
A GPU takes hardly longer for many maps than for one, so that its pool saves up.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from training.device.squares import Place, Square, gathered, place_of
from training.rain.near_drops import near_drop_maps
from training.rain.sampling import host_generator
from training.rain.streaks import STYLES, rain_maps

RainMaps = Float[Tensor, "batch 1 height width"]

RainMaker = Callable[[int, int, torch.Generator], RainMaps]
"""Makes (count) maps of (size) pixels with a generator, on its device."""

KINDS: Mapping[str, RainMaker] = {
    **{name: partial(rain_maps, style) for name, style in STYLES.items()},
    "drops": near_drop_maps,
}
"""Every kind of rain that needs no files, by its name."""

_AT_ONCE = {"cpu": 1}
_AT_ONCE_ELSEWHERE = 64


class RainPool:
    """Rain maps of several kinds, as their shares say; one thread uses it."""

    def __init__(
        self,
        shares: dict[str, float],
        count: int,
        size: int,
        generator: torch.Generator,
        *,
        at_once: int | None = None,
        kinds: Mapping[str, RainMaker] = KINDS,
    ) -> None:
        """Draws the first maps.

        Args:
            shares: Of the kinds, by their names.
            count: How many maps are kept.
            size: Height and width of a map.
            generator: Its device is where the maps are made and kept.
            at_once: How many are drawn together; None for what suits the device.
            kinds: What makes the maps of each kind.
        """
        device = generator.device
        self._makers = kinds
        self._kinds = _in_proportion(shares, count)
        self._size = size
        self._generator = generator
        self._at_once = at_once or _AT_ONCE.get(device.type, _AT_ONCE_ELSEWHERE)
        self._next = 0
        self._owed = 0
        shape = (count, 1, size, size)
        self.maps: RainMaps = torch.empty(shape, dtype=torch.float16, device=device)
        """Float16, white 1; part of what a checkpoint keeps."""
        for first in range(0, count, self._at_once):
            self._draw(range(first, min(first + self._at_once, count)))

    def _draw(self, places: Sequence[int]) -> None:
        """Draws the maps at some places anew, those of a kind together."""
        for kind in dict.fromkeys(self._kinds[place] for place in places):
            own = [place for place in places if self._kinds[place] == kind]
            drawn = self._makers[kind](len(own), self._size, self._generator)
            self.maps[own] = drawn.to(torch.float16)

    def renew(self, count: int) -> None:
        """Replaces the `count` oldest maps by new ones of the same kind.

        At once, or together with those of later calls.
        """
        self._owed += count
        if self._owed < self._at_once:
            return
        total = len(self._kinds)
        due, self._owed = min(self._owed, total), 0
        for first in range(0, due, self._at_once):
            count = min(self._at_once, due - first)
            self._draw([(self._next + number) % total for number in range(count)])
            self._next = (self._next + count) % total

    def crops(self, count: int, size: int) -> RainMaps:
        """Returns random squares of random maps, mirrored and scaled at random.

        Left and right may be swapped; up and down may not: rain falls.
        """
        host = host_generator(self._generator)
        draws = torch.rand((count, 5), generator=host).tolist()
        places = [self._place(draw, size) for draw in draws]
        gains = torch.tensor([0.6 + 0.7 * draw[4] for draw in draws])
        if self.maps.is_cuda:
            gains = gains.pin_memory().to(self.maps.device, non_blocking=True)
        crops = gathered(self.maps.view(-1), places, 1, size)
        # Rounded to what the maps are kept in, as one by one they were.
        return (gains[:, None, None, None] * crops).to(self.maps.dtype).float()

    def _place(self, draw: list[float], size: int) -> Place:
        area, span = self._size**2, self._size - size + 1
        square = Square(
            picture=int(draw[0] * len(self._kinds)),
            top=int(draw[1] * span),
            left=int(draw[2] * span),
            mirrored=draw[3] < 0.5,
        )
        shape = (self._size, self._size)
        return place_of(square, size, shape, range(0, len(self._kinds) * area, area))

    def state(self) -> dict[str, Tensor | int]:
        """Returns what `restore` needs to go on exactly from here."""
        return {"maps": self.maps, "next": self._next, "owed": self._owed}

    def restore(self, state: dict[str, Tensor | int]) -> None:
        """Goes on from a state."""
        maps, position, owed = state["maps"], state["next"], state.get("owed", 0)
        if isinstance(maps, Tensor):
            self.maps.copy_(maps)
            self._next, self._owed = int(position), int(owed)


def _in_proportion(shares: dict[str, float], count: int) -> list[str]:
    """Kinds for `count` maps; neighbours differ, so renewal touches all in turn."""
    total = sum(shares.values())
    owed = dict.fromkeys(shares, 0.0)
    kinds = []
    for _ in range(count):
        for name, share in shares.items():
            owed[name] += share / total
        name = max(owed, key=lambda key: owed[key])
        owed[name] -= 1
        kinds.append(name)
    return kinds
