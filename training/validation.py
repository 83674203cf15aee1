"""What a run is measured on: the same clean crops under the same rain, every time."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from model.mspfn.video import Memory, VideoMSPFN
from training.data.camera import Camera, followed, misjudged, taken
from training.data.pictures import CleanPictures
from training.data.sequences import Sequence, rained_on
from training.losses import luma_psnr_loss
from training.rain.pool import RainPool
from training.rain.showers import Showers
from training.rain.streaks import HEAVY, LIGHT, rain_maps
from training.rain.weather import Weather, rain_on

Pictures = Float[Tensor, "batch 3 height width"]

_COUNT, _SIZE = 12, 192
_SCENES, _SCENE_SIZE = 8, 128
_CAMERA = Camera(frames=5, fastest=4.0)
_FALLING_RAIN = {"heavy": 1.0, "light": 1.0, "bold": 2.0}
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


def validation_sequence(folder: Path, device: torch.device) -> Sequence:
    """Returns moving scenes of a folder's clean pictures in rain; always the same.

    Raises:
        TrainingError: The folder holds no picture, or one that cannot be read.
    """
    pictures = CleanPictures([folder], device)
    generator = torch.Generator(device).manual_seed(0)
    room = pictures.smallest_side - 2 * _CAMERA.margin()
    size = min(_SCENE_SIZE, room // 16 * 16)
    around = pictures.crops(_SCENES, size + 2 * _CAMERA.margin(), generator)
    path = _CAMERA.path(_SCENES, generator)
    pool = RainPool(_FALLING_RAIN, _SCENES, 2 * size, generator)
    showers = Showers(pool, frames=_CAMERA.frames, falling=0.5, generator=generator)
    rain = showers.crops(_SCENES, size)
    rainy, clean = rained_on(taken(around, path, size), rain, _RAIN_ALONE, generator)
    return Sequence(rainy, clean, *misjudged(*followed(path, size), generator))


@torch.no_grad()
def validation_psnr_over_time(network: nn.Module, sequence: Sequence) -> float:
    """Returns the luma's mean PSNR, in dB, of all frames after the first.

    A network without a memory sees each by itself.
    """
    memory: Memory | None = None
    scores = []
    for frame, (rainy, clean) in enumerate(
        zip(sequence.rainy, sequence.clean, strict=True)
    ):
        if isinstance(network, VideoMSPFN):
            derained, memory = network.step(rainy, memory, sequence.alignment(frame))
        else:
            derained = network(rainy)
        scores.append(-float(luma_psnr_loss(derained.clamp(0, 1), clean)))
    return sum(scores[1:]) / (len(scores) - 1)
