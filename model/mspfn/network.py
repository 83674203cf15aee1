"""MSPFN: finds the rain in a picture at three scales at once and subtracts it.

Jiang et al., "Multi-Scale Progressive Fusion Network for Single Image Deraining",
CVPR 2020, arXiv:2003.10985, section 3 and figure 2.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from model.mspfn.fusion import CoarseFusion, FineFusion, Reconstruction
from model.mspfn.layers import Conv, Scales
from model.mspfn.pyramid import GaussianPyramid, MeanPyramid, Picture
from model.mspfn.variant import Variant


class MSPFN(nn.Module):
    """The network of one variant; keeps no memory from call to call."""

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        self.variant = variant
        pyramid = GaussianPyramid if variant.pyramid == "gaussian" else MeanPyramid
        self.pyramid = pyramid(variant.scales)
        colours = 3 * variant.unshuffle**2
        self.initial = nn.ModuleList(
            Conv(colours, variant.width) for _ in variant.units
        )
        self.coarse = CoarseFusion(variant) if variant.recurrent else None
        self.fine = nn.ModuleList(FineFusion(variant) for _ in range(variant.modules))
        self.reconstruction = Reconstruction(variant)

    def rain(self, picture: Picture) -> Picture:
        """Returns the rain, in the units of `picture`.

        Height and width are multiples of `variant.multiple`. The authors' graphs want
        BGR in [-1, 1]; `forward` sees to it.
        """
        scales = self.scales_of(picture)
        features = [conv(x) for conv, x in zip(self.initial, scales, strict=True)]
        coarse = features if self.coarse is None else self.coarse(features)
        return self.rain_in(coarse)

    def scales_of(self, picture: Picture) -> Scales:
        """Returns what enters at each scale; pixels become channels if they do."""
        scales = self.pyramid(picture)
        if self.variant.unshuffle > 1:  # [batch, 3 * n * n, height / n, width / n]
            scales = [F.pixel_unshuffle(x, self.variant.unshuffle) for x in scales]
        return scales

    def rain_in(self, coarse: Scales) -> Picture:
        """Returns the rain that fine fusion and reconstruction find."""
        return self.reconstruction(self.refined(coarse), coarse)

    def refined(self, coarse: Scales) -> Scales:
        """Returns the fine features of each scale."""
        fine = coarse
        for module in self.fine:
            fine = module(fine)
        return fine

    def forward(self, picture: Picture) -> Picture:
        """Returns the picture without its rain, RGB in [0, 1] in and out, not clipped.

        Any height and width from 16: reflected at the right and lower edge up to the
        multiple the network needs, and cropped back.
        """
        height, width = picture.shape[2:]
        padded = pad_to_multiple(picture, self.variant.multiple)
        if self.variant.tensorflow:  # v / 127.5 - 1 scales rain by 2, and BGR
            rain = self.rain(padded.flip(1) * 2 - 1).flip(1) / 2
        else:
            rain = self.rain(padded)
        return picture - rain[:, :, :height, :width]


class LevelByLevel(nn.Module):
    """Table 2's Model4: each level is solved alone, and only its output passed up.

    The fusion is that of Fu et al., "Lightweight Pyramid Networks for Image Deraining",
    arXiv:1805.06173: what a coarser level removed is doubled and removed from the next
    level's picture before that level looks at it.
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        self.variant = variant
        self.pyramid = GaussianPyramid(variant.scales)
        solvers = [MSPFN(variant.level(scale)) for scale in range(variant.scales)]
        self.levels = nn.ModuleList(solvers)
        self._solvers = tuple(solvers)  # the same, with their type

    def forward(self, picture: Picture) -> Picture:
        """Returns the picture without its rain, RGB in [0, 1] in and out."""
        height, width = picture.shape[2:]
        scales = self.pyramid(pad_to_multiple(picture, self.variant.multiple))
        rain = torch.zeros_like(scales[-1])
        for scale in reversed(range(len(scales))):
            if scale < len(scales) - 1:
                rain = F.interpolate(
                    rain, scale_factor=2, mode="bilinear", align_corners=False
                )
            rain = rain + self._solvers[scale].rain(scales[scale] - rain)
        return picture - rain[:, :, :height, :width]


def pad_to_multiple(picture: Picture, multiple: int) -> Float[Tensor, "batch 3 _ _"]:
    """Returns the picture reflected at its right and lower edge up to a multiple.

    Raises:
        ValueError: A side is too small to be reflected that far.
    """
    height, width = picture.shape[2:]
    below, right = -height % multiple, -width % multiple
    if below >= height or right >= width:
        raise ValueError(
            f"A picture must be at least {multiple} pixels high and wide, "
            f"got {height} x {width}."
        )
    if below == 0 and right == 0:
        return picture
    return F.pad(picture, (0, right, 0, below), mode="reflect")
