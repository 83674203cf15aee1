"""The pyramid of scales the network looks at.

MSPFN (arXiv:2003.10985), section 3.1: "Gaussian kernels to down-sample the original
rain image". The kernel is the binomial of Burt and Adelson, "The Laplacian Pyramid as a
Compact Image Code", IEEE Trans. Communications, 1983. The authors' code takes the plain
mean over 2 x 2 and 4 x 4 pixels instead.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

Picture = Float[Tensor, "batch 3 height width"]
Planes = Float[Tensor, "batch _ _ _"]
"""As many channels as the kernel has."""
Pictures = list[Float[Tensor, "batch 3 _ _"]]
"""One picture at several scales, full scale first."""

_BINOMIAL = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


class GaussianPyramid(nn.Module):
    """Halves a picture again and again with the 5 x 5 binomial kernel."""

    kernel: Tensor

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.levels = levels
        # By Python: on the meta device, where weights are checked, torch.outer loads
        # all of torch.compile and clone loads sympy: a second for every start.
        kernel = [[a * b for a in _BINOMIAL] for b in _BINOMIAL]
        self.register_buffer("kernel", torch.tensor(3 * [[kernel]]), persistent=False)

    def forward(self, picture: Picture) -> Pictures:
        """Returns the picture and its smaller forms, full scale first."""
        return self._scales(picture)

    def _scales(self, planes: Planes) -> list[Planes]:
        scales = [planes]
        for _ in range(self.levels - 1):
            # From -2 to +2 around every even pixel; the sizes are even.
            padded = F.pad(scales[-1], (2, 1, 2, 1), mode="reflect")
            kernel = self.kernel.to(padded.dtype)
            channels = len(kernel)
            scales.append(F.conv2d(padded, kernel, stride=2, groups=channels))
        return scales


class FourChannelPyramid(GaussianPyramid):
    """The same with an empty channel more: GPUs lay out four of 16 bit, and not three.

    The numbers stay the same.
    """

    def forward(self, picture: Picture) -> Pictures:
        """Returns the picture and its smaller forms, full scale first."""
        scales = self._scales(F.pad(picture, (0, 0, 0, 0, 0, 1)))
        return [picture, *(scale[:, :3] for scale in scales[1:])]


def in_four_channels(network: nn.Module) -> nn.Module:
    """Makes the Gaussian pyramids of a network work on four channels; returns it."""
    for module in list(network.modules()):
        for name, child in module.named_children():
            if type(child) is GaussianPyramid:
                pyramid = FourChannelPyramid(child.levels)
                kernel = child.kernel
                pyramid.kernel = torch.cat((kernel, kernel[:1]))
                setattr(module, name, pyramid)
    return network


class MeanPyramid(nn.Module):
    """Means over 2 x 2, 4 x 4, ... pixels of the full picture, as the authors' code."""

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.levels = levels

    def forward(self, picture: Picture) -> Pictures:
        """Returns the picture and its smaller forms, full scale first."""
        smaller = (F.avg_pool2d(picture, 2**n) for n in range(1, self.levels))
        return [picture, *smaller]
