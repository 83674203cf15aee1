"""The losses: what a training step makes smaller.

MSPFN (arXiv:2003.10985), section 3.4, equations 1 to 3. The closing phase minimises the
error that the benchmarks measure: PSNR of the luma, as in Chen et al., "HINet: Half
Instance Normalization Network for Image Restoration", CVPRW 2021, arXiv:2105.06086.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

Pictures = Float[Tensor, "batch 3 height width"]
Scalar = Float[Tensor, ""]

EPSILON = 1e-3
_LUMA = (65.481 / 255, 128.553 / 255, 24.966 / 255)


def charbonnier(difference: Tensor) -> Scalar:
    """Returns the mean of sqrt(d**2 + epsilon**2): equation 1."""
    return torch.sqrt(difference**2 + EPSILON**2).mean()


def laplacian(pictures: Pictures) -> Pictures:
    """Returns the response to the 3 x 3 Laplacian of eight neighbours, each channel."""
    kernel = pictures.new_full((3, 1, 3, 3), -1.0)
    kernel[:, :, 1, 1] = 8.0
    padded = F.pad(pictures, (1, 1, 1, 1), mode="replicate")
    return F.conv2d(padded, kernel, groups=3)


def paper_loss(
    derained: Pictures, clean: Pictures, *, edge_weight: float = 0.05
) -> Scalar:
    """Returns equation 3: Charbonnier, and a part of the same of the edges.

    Both are RGB in [0, 1]. An `edge_weight` of 0 is Table 4's "without edge loss".
    """
    difference = derained - clean
    if not edge_weight:
        return charbonnier(difference)
    edges = laplacian(difference)  # linear: the difference of the two edge maps
    return charbonnier(difference) + edge_weight * charbonnier(edges)


def luma_psnr_loss(derained: Pictures, clean: Pictures) -> Scalar:
    """Returns the mean over pictures of 10 log10 of the luma's squared error."""
    red, green, blue = (derained - clean).unbind(1)
    luma = _LUMA[0] * red + _LUMA[1] * green + _LUMA[2] * blue
    return 10 * torch.log10((luma**2).mean(dim=(1, 2)) + 1e-8).mean()
