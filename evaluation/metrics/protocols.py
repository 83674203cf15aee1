"""The conventions in which the field prints PSNR and SSIM, each under a name.

The same output can differ by 1.5 dB between two papers; so every figure here carries
the name of its protocol.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from evaluation.metrics import fidelity
from evaluation.metrics.luma import Plane, RgbArray, luma, luma_unrounded

PlaneMetric = Callable[[Plane, Plane], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """How a picture becomes the plane, or planes, that are measured."""

    name: str
    description: str
    """One line for a person: colour, rounding, window."""
    planes: Callable[[RgbArray], list[Plane]]
    ssim_of_plane: PlaneMetric

    def psnr(self, output: RgbArray, truth: RgbArray) -> float:
        """Returns PSNR in dB over all planes together; infinity for equal planes."""
        pair = np.stack(self.planes(output)), np.stack(self.planes(truth))
        return fidelity.psnr(*pair)

    def ssim(self, output: RgbArray, truth: RgbArray) -> float:
        """Returns the mean of SSIM over the planes."""
        pairs = zip(self.planes(output), self.planes(truth), strict=True)
        return float(np.mean([self.ssim_of_plane(a, b) for a, b in pairs]))


def _rgb(picture: RgbArray) -> list[Plane]:
    return [picture[..., channel].astype(np.float64) for channel in range(3)]


_ALL = (
    Protocol(
        name="mprnet",
        description="Y of uint8 MATLAB rgb2ycbcr, SSIM of Wang 2003",
        planes=lambda picture: [luma(picture)],
        ssim_of_plane=fidelity.ssim,
    ),
    Protocol(
        name="prenet",
        description="unrounded Y of MATLAB rgb2ycbcr, SSIM of 2009 (shrinks from 384)",
        planes=lambda picture: [luma_unrounded(picture)],
        ssim_of_plane=fidelity.ssim_2009,
    ),
    Protocol(
        name="rgb",
        description="one PSNR over R, G, B; SSIM of Wang 2003, mean of the channels",
        planes=_rgb,
        ssim_of_plane=fidelity.ssim,
    ),
    Protocol(
        name="video",
        description="as rgb; mean over the frames of a clip, then over the clips",
        planes=_rgb,
        ssim_of_plane=fidelity.ssim,
    ),
)
PROTOCOLS: Mapping[str, Protocol] = {protocol.name: protocol for protocol in _ALL}
