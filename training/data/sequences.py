"""Sequences that a video network learns from: moving cameras in falling rain."""

from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from model.mspfn.video import Alignment
from training.data.camera import (
    Camera,
    Frames,
    Known,
    Places,
    followed,
    misjudged,
    taken,
)
from training.data.pictures import CleanPictures
from training.progress.schedule import Phase
from training.rain.showers import Showers
from training.rain.weather import Weather, rain_on

Pictures = Float[Tensor, "batch 3 height width"]


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """Frames of several scenes, RGB in [0, 1], and how each follows the one before."""

    rainy: Frames
    clean: Frames
    places: Places
    """As optical flow would find them; the first frame's are of no use."""
    known: Known

    def __len__(self) -> int:
        """How many frames each scene has."""
        return len(self.rainy)

    def alignment(self, frame: int) -> Alignment | None:
        """Returns how a frame follows the one before; None for the first."""
        if frame == 0:
            return None
        return Alignment(self.places[frame], self.known[frame])


class Sequences:
    """Draws what a step learns from; one thread uses it.

    Args:
        generator: Rules all draws.
        clean: What the camera moves over.
        showers: The rain.
        camera: How it moves.
        renew: Rain maps renewed at each step.
        weather: What comes with the rain, the same over a sequence. Lamps, flakes
            and thin things are left out: they would stand in single frames.
    """

    def __init__(
        self,
        generator: torch.Generator,
        *,
        clean: CleanPictures,
        showers: Showers,
        camera: Camera,
        renew: int = 1,
        weather: Weather | None = None,
    ) -> None:
        self._generator = generator
        self._clean = clean
        self._showers = showers
        self._camera = camera
        self._renew = renew
        self._weather = replace(weather or Weather(), lamps=0, flakes=0, thin_things=0)

    def draw(self, phase: Phase) -> tuple[Pictures, Pictures]:
        """Returns (rainy, clean) of all frames as single pictures."""
        sequence = self.sequence(phase)
        return sequence.rainy.flatten(0, 1), sequence.clean.flatten(0, 1)

    def sequence(self, phase: Phase) -> Sequence:
        """Returns as many scenes as the phase's batch, of its size."""
        count, size = phase.batch, phase.size
        around = size + 2 * self._camera.margin()
        pictures = self._clean.crops(count, around, self._generator)
        self._showers.renew(self._renew)
        path = self._camera.path(count, self._generator)
        clean = taken(pictures, path, size)
        rain = self._showers.crops(count, size)
        rainy, clean = rained_on(clean, rain, self._weather, self._generator)
        places, known = misjudged(*followed(path, size), self._generator)
        return Sequence(rainy, clean, places, known)

    def state(self) -> dict[str, Any]:
        """Returns what `restore` needs to go on exactly from here."""
        return self._showers.state()

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a state."""
        self._showers.restore(state)


def rained_on(
    clean: Frames,
    rain: Float[Tensor, "frames batch 1 height width"],
    weather: Weather,
    generator: torch.Generator,
) -> tuple[Frames, Frames]:
    """Returns (rainy, clean) frames: `rain_on` with one weather for each sequence.

    Its frames lie below each other as one picture, for which the weather is drawn once;
    noise is drawn for each pixel.
    """
    frames = len(clean)
    pair = rain_on(_tall(clean), _tall(rain), weather, generator)
    rainy, truth = (_apart(tall, frames) for tall in pair)
    return rainy, truth


def _tall(
    frames: Float[Tensor, "frames batch channels height width"],
) -> Float[Tensor, "batch channels _ width"]:
    return frames.permute(1, 2, 0, 3, 4).flatten(2, 3)


def _apart(
    tall: Float[Tensor, "batch channels _ width"], frames: int
) -> Float[Tensor, "frames batch channels height width"]:
    batch, channels, _, width = tall.shape
    apart = tall.reshape(batch, channels, frames, -1, width)
    return apart.permute(2, 0, 1, 3, 4)
