"""Batches: clean crops with rain made on them, and crops of real pairs, mixed."""

from typing import Any, Protocol

import torch
from jaxtyping import Float
from torch import Tensor

from training.data.pictures import CleanPictures
from training.progress.schedule import Phase
from training.rain.pool import RainPool
from training.rain.weather import Weather, rain_on

Pictures = Float[Tensor, "batch 3 height width"]


class Drawn(Protocol):
    """What a step learns from, drawn anew for each."""

    def draw(self, phase: Phase) -> tuple[Pictures, Pictures]:
        """Returns (rainy, clean) of a phase's size, RGB in [0, 1]."""

    def state(self) -> dict[str, Any]:
        """Returns what `restore` needs to go on exactly from here."""

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""


class PairCrops(Protocol):
    """What draws crops of real pairs."""

    def crops(
        self, count: int, size: int, generator: torch.Generator
    ) -> tuple[Pictures, Pictures]:
        """Returns (rainy, clean) squares, RGB in [0, 1]."""


class Batches:
    """Draws what a step learns from; one thread uses it."""

    def __init__(
        self,
        generator: torch.Generator,
        *,
        clean: CleanPictures | None,
        pool: RainPool | None,
        pairs: PairCrops | None = None,
        pair_share: float = 0.5,
        renew: int = 1,
        weather: Weather | None = None,
    ) -> None:
        self._generator = generator
        self._clean = clean
        self._pool = pool
        self._pairs = pairs
        self._pair_share = 1.0 if clean is None else pair_share
        self._renew = renew
        self._weather = weather or Weather()

    def draw(self, phase: Phase) -> tuple[Pictures, Pictures]:
        """Returns (rainy, clean) of a phase's size, RGB in [0, 1]."""
        real = 0 if self._pairs is None else round(phase.batch * self._pair_share)
        parts = []
        if real and self._pairs is not None:
            parts.append(self._pairs.crops(real, phase.size, self._generator))
        if real < phase.batch:
            parts.append(self._made(phase.batch - real, phase.size))
        rainy, clean = zip(*parts, strict=True)
        return torch.cat(rainy), torch.cat(clean)

    def _made(self, count: int, size: int) -> tuple[Pictures, Pictures]:
        if self._clean is None or self._pool is None:
            raise RuntimeError("Rain can only be made on clean pictures.")
        crops = self._clean.crops(count, size, self._generator)
        self._pool.renew(self._renew)
        rain = self._pool.crops(count, size)
        return rain_on(crops, rain, self._weather, self._generator)

    def state(self) -> dict[str, Any]:
        """Returns what `restore` needs to go on exactly from here."""
        return {} if self._pool is None else self._pool.state()

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""
        if self._pool is not None:
            self._pool.restore(state)
