"""Rain layers that others have rendered or photographed, as pictures on black ground.

Such as those of Garg and Nayar, "Photorealistic Rendering of Rain Streaks", SIGGRAPH
2006, which RainMix trains with: resized, cropped, mirrored, and scaled in brightness.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from sources.errors import SourceError
from sources.pictures.files import is_picture, natural_key, read_rgb
from training.errors import TrainingError
from training.rain.sampling import host_generator

RainMaps = Float[Tensor, "batch 1 height width"]


class RainLayers:
    """Layers on the training device; one thread draws maps from them.

    Args:
        folders: Where they lie, as pictures.
        device: Where they are kept.

    Raises:
        TrainingError: A folder holds no picture, or one that cannot be read.
    """

    def __init__(self, folders: Sequence[Path], device: torch.device) -> None:
        self._layers = [
            _read(path).to(device) for folder in folders for path in _pictures(folder)
        ]

    def maps(self, count: int, size: int, generator: torch.Generator) -> RainMaps:
        """Returns the light that one or two layers add, [count, 1, size, size]."""
        draws = torch.rand((count, 2, 6), generator=host_generator(generator)).tolist()
        return torch.stack(
            [
                self._crop(first, size)
                + (self._crop(second, size) if second[5] < 0.5 else 0.0)
                for first, second in draws
            ]
        )

    def _crop(self, draw: list[float], size: int) -> Tensor:
        layer = self._layers[int(draw[0] * len(self._layers))].float() / 255
        scale = max(0.5 + 1.5 * draw[1], (size + 1) / min(layer.shape[1:]))
        resized = F.interpolate(
            layer[None], scale_factor=scale, mode="bilinear", align_corners=False
        )[0]
        top = int(draw[2] * (resized.shape[1] - size + 1))
        left = int(draw[3] * (resized.shape[2] - size + 1))
        crop = resized[:, top : top + size, left : left + size]
        light = (0.2 + 0.8 * draw[4]) * crop
        return light.flip(2) if draw[5] * 8 % 1 < 0.5 else light


def _pictures(folder: Path) -> list[Path]:
    found = sorted(filter(is_picture, folder.glob("*")), key=natural_key)
    if not found:
        raise TrainingError(
            f"Expected rain layers as pictures in {folder}; found none."
        )
    return found


def _read(path: Path) -> Tensor:
    try:
        rgb = read_rgb(path)
    except SourceError as error:
        raise TrainingError(f"Expected a rain layer: {error}") from None
    grey = torch.from_numpy(rgb).float().mean(2)
    return grey.round().to(torch.uint8)[None]
