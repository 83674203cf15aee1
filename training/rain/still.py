"""Rain on whole pictures of any size: training's rain for use outside training.

`derain rain` and the rainy rows of `derain evaluate` make theirs here: the streaks of
`streaks.py`, laid over the picture by `weather.py`, which leave the picture's own light
and encoding as they are.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.errors import TrainingError
from training.rain.layers import RainLayers
from training.rain.near_drops import near_drop_maps
from training.rain.streaks import STYLES, RainMaps, rain_maps
from training.rain.weather import Weather, rain_on

RgbArray = NDArray[np.uint8]
_STEP = 32
"""Sides of a rain map are multiples of it: other sizes take the FFT much longer."""
_DROPS = "drops"
STILL_STYLES = (*STYLES, _DROPS)
"""The styles of streaks, and drops near the lens, out of focus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StillRain:
    """Rain of one style, the same for the same picture and seed.

    Lengths of streaks are in pixels, as in training, whatever the picture's size.
    """

    style: str
    """A name in `STILL_STYLES`, or `layers`."""
    layers: RainLayers | None = None
    """Rain layers that others have made: the rain of the style `layers`."""
    veil: bool = False
    """Whether far rain melts into a veil."""
    night: bool = False
    """Whether it is night: the scene is dark, and so is the truth."""

    def __post_init__(self) -> None:
        if self.style not in STILL_STYLES and self.layers is None:
            known = ", ".join(STILL_STYLES)
            raise TrainingError(f"No rain is named {self.style}; known: {known}.")

    def pair(self, picture: RgbArray, seed: int) -> tuple[RgbArray, RgbArray]:
        """Returns the picture in rain, and without: both uint8 RGB of its size.

        Args:
            picture: uint8 RGB [height, width, 3].
            seed: Another seed is another shower.
        """
        height, width = picture.shape[:2]
        side = -(-max(height, width) // _STEP) * _STEP
        generator = torch.Generator().manual_seed(seed)
        maps = self._maps(side, generator)[..., :height, :width]
        clean = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)
        rainy, dry = rain_on(clean[None] / 255, maps, self._weather(), generator)
        return _stored(rainy), _stored(dry) if self.night else picture

    def _maps(self, side: int, generator: torch.Generator) -> RainMaps:
        if self.layers is not None:
            return self.layers.maps(1, side, generator)
        if self.style == _DROPS:
            return near_drop_maps(1, side, generator)
        return rain_maps(STYLES[self.style], 1, side, generator)

    def _weather(self) -> Weather:
        """The picture is what it is: no other exposure, encoder or dry day."""
        return Weather(
            exposure=0,
            compression=0,
            dry=0,
            veil=float(self.veil),
            night=float(self.night),
        )


def _stored(picture: Tensor) -> RgbArray:
    levels = (picture[0].clamp(0, 1) * 255).round().to(torch.uint8)
    return np.ascontiguousarray(levels.permute(1, 2, 0).numpy())
