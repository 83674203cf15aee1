"""What a camera's encoder does to a picture, for training, in batches on any device.

Pictures in blocks of 8 x 8, the chroma at half size; each block's cosine transform is
rounded to the steps of a table: JPEG's (ITU-T T.81, annex K), or the even one that
video encoders start from (H.264's flat scaling list).
"""

import math
from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

Pictures = Float[Tensor, "batch 3 height width"]
Planes = Float[Tensor, "batch 1 height width"]
PerPicture = Float[Tensor, " batch"]

# fmt: off
_LUMA = (
    (16, 11, 10, 16, 24, 40, 51, 61), (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56), (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77), (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101), (72, 92, 95, 98, 112, 100, 103, 99),
)
_CHROMA = (
    (17, 18, 24, 47), (18, 21, 26, 66), (24, 26, 56, 99), (47, 66, 99, 99),
)
# fmt: on
_EVEN = 16.0
"""The even table, at quality 50: the finest step of JPEG's there."""
_TO_YCC = (
    (0.299, 0.587, 0.114),
    (-0.168736, -0.331264, 0.5),
    (0.5, -0.418688, -0.081312),
)
_TO_RGB = ((1.0, 0.0, 1.402), (1.0, -0.344136, -0.714136), (1.0, 1.772, 0.0))
_BLOCK = 8


def compressed(pictures: Pictures, quality: PerPicture, even: PerPicture) -> Pictures:
    """Returns the pictures as they come back from an encoder.

    Args:
        pictures: RGB in [0, 1].
        quality: JPEG's, from 1 to 100, one for each picture.
        even: 0 for JPEG's table, 1 for a video encoder's even one, or between.
    """
    height, width = pictures.shape[2:]
    around = (0, -width % (2 * _BLOCK), 0, -height % (2 * _BLOCK))
    padded = F.pad(pictures, around, mode="replicate") * 255
    planes = _mixed(padded, _TO_YCC)
    luma, chroma = planes[:, :1], (planes[:, 1:2], planes[:, 2:])
    luma = _coded(luma - 128, _steps(_LUMA, quality, even)) + 128
    coarse = _steps(_filled_chroma(), quality, even)
    halves = [_coded(F.avg_pool2d(plane, 2), coarse) for plane in chroma]
    full = [
        F.interpolate(half, scale_factor=2, mode="bilinear", align_corners=False)
        for half in halves
    ]
    rgb = _mixed(torch.cat([luma, *full], dim=1), _TO_RGB)
    return (rgb / 255).clamp(0, 1)[:, :, :height, :width]


def _mixed(
    pictures: Pictures, matrix: tuple[tuple[float, float, float], ...]
) -> Pictures:
    return torch.einsum("oc,bchw->bohw", _table(matrix, pictures.device), pictures)


@cache
def _table(rows: tuple[tuple[float, ...], ...], device: torch.device) -> Tensor:
    """Returns numbers on a device, copied there once: a GPU is waited for each time."""
    return torch.tensor(rows, dtype=torch.float32, device=device)


def _filled_chroma() -> tuple[tuple[int, ...], ...]:
    """JPEG's table for chroma: all but its corner of low frequencies is 99."""
    rows = [(*row, 99, 99, 99, 99) for row in _CHROMA]
    return (*rows, *[(99,) * _BLOCK] * (_BLOCK - len(rows)))


def _steps(
    table: tuple[tuple[int, ...], ...], quality: PerPicture, even: PerPicture
) -> Float[Tensor, "batch 8 8"]:
    """The quantiser's steps, in levels of 255, scaled by quality as libjpeg does."""
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    jpeg = _table(table, quality.device)[None]
    share = even[:, None, None]
    return ((1 - share) * jpeg + share * _EVEN).mul(scale[:, None, None]).clamp(min=1)


def _cosines(like: Tensor) -> Float[Tensor, "8 8"]:
    """The orthonormal cosine transform; a row for each frequency."""
    n = torch.arange(_BLOCK, device=like.device, dtype=like.dtype)
    waves = torch.cos(math.pi / _BLOCK * (n[None, :] + 0.5) * n[:, None]) / 2
    waves[0] /= math.sqrt(2)
    return waves


def _coded(plane: Planes, steps: Float[Tensor, "batch 8 8"]) -> Planes:
    """A plane after its blocks were rounded to the steps, and put together again."""
    batch, _, height, width = plane.shape
    shape = (batch, height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    waves = _cosines(plane)
    blocks = torch.einsum("ui,byixj,vj->byxuv", waves, plane.reshape(shape), waves)
    steps = steps[:, None, None]
    blocks = torch.round(blocks / steps) * steps
    plain = torch.einsum("ui,byxuv,vj->byixj", waves, blocks, waves)
    return plain.reshape(plane.shape)
