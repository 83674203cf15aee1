"""The U-shaped residual attention block: keeps the channels that tell rain from scene.

MSPFN (arXiv:2003.10985), section 3.2, figure 4; the channel attention unit is that of
Zhang et al., "Image Super-Resolution Using Very Deep Residual Channel Attention
Networks", ECCV 2018, arXiv:1807.02758.
"""

import torch
from torch import nn

from model.mspfn.layers import Down, Features, Up

SQUEEZE = 4
"""Attention looks at the channels through this many times fewer of them."""


class ChannelAttentionUnit(nn.Module):
    """Two convolutions whose channels are weighted by their mean over the picture."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.act = nn.PReLU(width)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.squeeze = nn.Conv2d(width, width // SQUEEZE, 1)
        self.squeeze_act = nn.PReLU(width // SQUEEZE)
        self.excite = nn.Conv2d(width // SQUEEZE, width, 1)

    def forward(self, x: Features) -> Features:
        """Returns features of the shape of `x`."""
        y = self.second(self.act(self.first(x)))
        mean = y.mean(dim=(2, 3), keepdim=True)  # [batch, width, 1, 1]
        weight = torch.sigmoid(self.excite(self.squeeze_act(self.squeeze(mean))))
        return x + y * weight


class Block(nn.Module):
    """Strided convolutions, attention units, and back up, with a skip at each level.

    The long skip around the block is its caller's: it adds the result to the features
    of the module before.
    """

    def __init__(self, width: int, units: int, strides: int, tensorflow: bool) -> None:
        super().__init__()
        self.down = nn.ModuleList(
            Down(width, width, tensorflow=tensorflow) for _ in range(strides)
        )
        self.units = nn.Sequential(*(ChannelAttentionUnit(width) for _ in range(units)))
        self.up = nn.ModuleList(
            Up(2 * width, width, tensorflow=tensorflow) for _ in range(strides)
        )

    def forward(self, x: Features) -> Features:
        """Returns features of the shape of `x`: sizes in multiples of 2**strides."""
        skips = []
        for down in self.down:
            x = down(x)
            skips.append(x)
        x = self.units(x)
        for up, skip in zip(self.up, reversed(skips), strict=True):
            x = up(torch.cat((x, skip), 1))
        return x
