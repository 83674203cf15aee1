"""The kinds of rain that can be asked for by name: training's, and rain that moves.

Training's rain is in `training`, falling rain in `sources`. `evaluation` may import the
second and not the first, the command line both: so the makers are put together here and
handed in.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import typer
from numpy.typing import NDArray

from sources.synthetic.falling_rain import FallingRain

if TYPE_CHECKING:
    from training.rain.still import StillRain

RgbArray = NDArray[np.uint8]
STILL_KINDS = ("heavy", "light", "wide", "short", "bold", "far", "drops")
FALLING = "falling"
LAYERS = "layers"
KINDS = f"{', '.join(STILL_KINDS)}, {FALLING}[:AMOUNT], {LAYERS}:FOLDER"
_AMOUNT = 0.6


class Rain(Protocol):
    """Rain of one kind."""

    @property
    def name(self) -> str:
        """As a user asks for it."""

    def pair(self, picture: RgbArray, seed: int) -> tuple[RgbArray, RgbArray]:
        """Returns the picture in rain, and the dry one that belongs to it."""

    def __call__(self, picture: RgbArray, seed: int) -> RgbArray:
        """Returns the picture in rain, uint8 RGB of the same size."""
        return self.pair(picture, seed)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class FallingKind(Rain):
    """One moment of rain that moves."""

    amount: float
    night: bool = False

    @property
    def name(self) -> str:
        """The kind and its amount."""
        return f"{FALLING}:{self.amount}"

    def pair(self, picture: RgbArray, seed: int) -> tuple[RgbArray, RgbArray]:
        """Returns the picture in rain, and without."""
        height, width = picture.shape[:2]
        dry = darkened(picture, seed) if self.night else picture
        rain = FallingRain(width, height, intensity=self.amount, seed=seed)
        return rain.apply(dry, 0), dry


@dataclass(frozen=True, slots=True, kw_only=True)
class StillKind(Rain):
    """Rain of training; loads PyTorch when it is made, not before."""

    style: str
    veil: bool = False
    night: bool = False

    @property
    def name(self) -> str:
        """The kind."""
        return self.style

    def pair(self, picture: RgbArray, seed: int) -> tuple[RgbArray, RgbArray]:
        """Returns the picture in rain, and without."""
        from training.rain.still import StillRain

        rain = StillRain(style=self.style, veil=self.veil, night=self.night)
        return rain.pair(picture, seed)


@dataclass(frozen=True, kw_only=True)
class LayersKind(Rain):
    """Rain layers of a folder, pictures on black ground; read when they are needed."""

    folder: Path
    veil: bool = False
    night: bool = False

    @property
    def name(self) -> str:
        """The kind and the folder's name."""
        return f"{LAYERS}:{self.folder.name}"

    def pair(self, picture: RgbArray, seed: int) -> tuple[RgbArray, RgbArray]:
        """Returns the picture in rain, and without."""
        return self._rain.pair(picture, seed)

    @cached_property
    def _rain(self) -> "StillRain":
        import torch

        from training.rain.layers import RainLayers
        from training.rain.still import StillRain

        layers = RainLayers([self.folder], torch.device("cpu"))
        return StillRain(style=LAYERS, layers=layers, veil=self.veil, night=self.night)


def rain_kind(text: str, *, veil: bool = False, night: bool = False) -> Rain:
    """Returns the rain that a user asks for.

    Args:
        text: One of `STILL_KINDS`, `falling` with an amount from 0 to 1, or `layers`
            with a folder of rain layers.
        veil: Whether far rain melts into a veil; falling rain always has its own.
        night: Whether it is night.

    Raises:
        typer.BadParameter: There is no such kind or amount.
    """
    kind, colon, amount = text.partition(":")
    if kind == FALLING:
        if veil:
            raise typer.BadParameter("falling rain has a veil of its own: no --veil.")
        return FallingKind(amount=_amount(amount) if colon else _AMOUNT, night=night)
    if kind == LAYERS and amount:
        return LayersKind(folder=_folder(amount), veil=veil, night=night)
    if text not in STILL_KINDS:
        raise typer.BadParameter(f"No rain is named {text}; known: {KINDS}.")
    return StillKind(style=text, veil=veil, night=night)


def _amount(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = -1
    if not 0 < amount <= 1:
        raise typer.BadParameter(
            f"The amount of falling rain is above 0 and at most 1, got {text!r}."
        )
    return amount


def _folder(text: str) -> Path:
    folder = Path(text).expanduser()
    if not folder.is_dir():
        raise typer.BadParameter(
            f"{LAYERS} expects a folder of rain layers, got {text!r}: no folder."
        )
    return folder


def darkened(picture: RgbArray, seed: int) -> RgbArray:
    """Returns the picture at night: a gamma of 1.5 to 3, as training has it."""
    gamma = np.random.default_rng(seed).uniform(1.5, 3.0)
    levels = 255 * (np.arange(256) / 255) ** gamma
    return np.asarray(np.round(levels).astype(np.uint8)[picture])
