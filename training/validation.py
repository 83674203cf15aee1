"""What a run is measured on: the same clean crops under the same rain, every time."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from training.data.pictures import CleanPictures
from training.losses import luma_psnr_loss
from training.rain.streaks import HEAVY, LIGHT, rain_maps
from training.rain.weather import Weather, rain_on

Pictures = Float[Tensor, "batch 3 height width"]

_COUNT, _SIZE = 12, 192
_RAIN_ALONE = Weather(
    veil=0, night=0, exposure=0, noise=0, dry=0, screen=0, tint=0, compression=0
)


def validation_crops(folder: Path, device: torch.device) -> Pictures:
    """Returns crops of a folder's clean pictures, RGB in [0, 1]; always the same.

    Raises:
        TrainingError: The folder holds no picture, or one that cannot be read.
    """
    pictures = CleanPictures([folder], device)
    generator = torch.Generator(device).manual_seed(0)
    size = min(_SIZE, pictures.smallest_side // 16 * 16)
    return pictures.crops(_COUNT, size, generator)


@torch.no_grad()
def validation_psnr(network: nn.Module, clean: Pictures) -> float:
    """Returns the luma's mean PSNR, in dB, of a network's pictures of this rain.

    Half of the crops get heavy rain and half light.
    """
    generator = torch.Generator(clean.device).manual_seed(1)
    half, size = len(clean) // 2, clean.shape[2]
    heavy = rain_maps(HEAVY, half, size, generator)
    light = rain_maps(LIGHT, len(clean) - half, size, generator)
    rainy, clean = rain_on(clean, torch.cat([heavy, light]), _RAIN_ALONE, generator)
    return -float(luma_psnr_loss(network(rainy).clamp(0, 1), clean))
