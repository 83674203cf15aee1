"""The network with every doubling as four small convolutions: a form for CPUs.

A transposed 3x3 convolution of stride 2 fills each square of 2 x 2 places by
convolutions of 1, 2, 2 and 4 of its nine weights: as many products, but plain
convolutions, for which processors have the faster kernels (docs/speed.md). Each gives
a map of half the height and width, a phase. In the fine fusion nothing but sums and
strided convolutions stands between two doublings to the full scale: there the four
maps stay apart. Elsewhere they are laid together.
"""

import copy
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model.mspfn.attention import Block
from model.mspfn.fusion import FineFusion
from model.mspfn.layers import Down, Features, Rechannelled, Resampled, Scales, Up
from model.mspfn.network import MSPFN

PHASES = ((0, 0), (0, 1), (1, 0), (1, 1))
"""Row and column of a place in its square of 2 x 2, in the order of the maps."""
_UP_TAPS = ((1,), (2, 0))
"""Which rows of the kernel reach an even and an odd row of outputs, in the order of
the rows of inputs; columns alike."""
_DOWN_TAPS = ((1,), (0, 2))
"""Which rows of the kernel look at the even and at the odd rows of inputs."""


def phased(network: nn.Module) -> nn.Module:
    """Returns a copy in this form; what it computes differs by rounding alone.

    Raises:
        ValueError: Its variant has no such form.
    """
    if not isinstance(network, MSPFN) or not network.variant.has_phases:
        raise ValueError(f"{type(network).__name__} has no form in phases.")
    copied = copy.deepcopy(network)
    last = len(copied.fine) - 1
    for number, module in enumerate(copied.fine):
        fusion = cast(FineFusion, module)
        copied.fine[number] = PhasedFusion(
            fusion, first=number == 0, last=number == last
        )
    rain = PhasedRain(copied.reconstruction.rain)
    copied.reconstruction.add_module("rain", rain)
    return copied.eval()


def together(maps: Rechannelled) -> Resampled:
    """Returns the map of double height and width of its four phases.

    They follow each other in the channels: [batch, 4 * channels, height, width].
    """
    batch, stacked, height, width = maps.shape
    squares = maps.view(batch, 2, 2, stacked // 4, height, width)
    rows = squares.permute(0, 3, 4, 1, 5, 2)
    return rows.reshape(batch, stacked // 4, 2 * height, 2 * width)


def apart(x: Features) -> Scales:
    """Returns the four phases of a map of even height and width."""
    return [x[:, :, row::2, column::2] for row, column in PHASES]


class PhasedUp(nn.Module):
    """`Up` as four convolutions."""

    def __init__(self, up: Up) -> None:
        super().__init__()
        self.conv = _parted(up.conv.weight.detach().transpose(0, 1), _UP_TAPS)
        self.act = up.act

    def forward(self, x: Features) -> list[Rechannelled]:
        """Returns the four phases of what `Up` gives."""
        convs = zip(self.conv.values(), PHASES, strict=True)
        return [
            self.act(conv(F.pad(x, (0, column, 0, row))))
            for conv, (row, column) in convs
        ]


class PhasedDown(nn.Module):
    """`Down` for a map in phases."""

    def __init__(self, down: Down) -> None:
        super().__init__()
        self.conv = _parted(down.conv.weight.detach(), _DOWN_TAPS)
        self.act = down.act

    def forward(self, maps: Scales) -> Rechannelled:
        """Returns [batch, outputs, height, width] of maps of that size."""
        parts = zip(self.conv.values(), maps, PHASES, strict=True)
        found = [
            conv(F.pad(x, (column, 0, row, 0))) for conv, x, (row, column) in parts
        ]
        return cast(Tensor, self.act(found[0] + found[1] + found[2] + found[3]))


def _parted(kernel: Tensor, taps: tuple[tuple[int, ...], ...]) -> nn.ModuleDict:
    """Returns a convolution for each phase; `kernel` is [outputs, inputs, 3, 3]."""
    parts = nn.ModuleDict()
    for number, (row, column) in enumerate(PHASES):
        own = kernel[:, :, list(taps[row])][:, :, :, list(taps[column])].contiguous()
        outputs, inputs, high, wide = own.shape
        conv = nn.Conv2d(inputs, outputs, (high, wide), bias=False)
        conv.weight = nn.Parameter(own, requires_grad=False)
        parts[f"phase{number}"] = conv
    return parts


class PhasedRain(nn.Module):
    """The last convolution, whose few channels leave most of a vector unused.

    One of 4x4 and stride 2 gives those of a square of 2 x 2 places at once.
    """

    def __init__(self, rain: nn.Conv2d) -> None:
        super().__init__()
        colours, inputs = rain.weight.shape[:2]
        kernels = rain.weight.new_zeros(4, colours, inputs, 4, 4)
        for kernel, (row, column) in zip(kernels, PHASES, strict=True):
            kernel[..., row : row + 3, column : column + 3] = rain.weight.detach()
        self.phases = nn.Conv2d(inputs, 4 * colours, 4, 2, padding=1, bias=False)
        self.phases.weight = nn.Parameter(kernels.flatten(0, 1), requires_grad=False)

    def forward(self, x: Features) -> Resampled:
        """Returns [batch, colours, height, width] of maps of that size."""
        return together(self.phases(x))


class PhasedBlock(nn.Module):
    """`Block` between maps in phases."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        first, *others = block.down
        self.down = nn.ModuleList([PhasedDown(cast(Down, first)), *others])
        self.units = block.units
        *inner, last = block.up
        self.up = nn.ModuleList([*inner, PhasedUp(cast(Up, last))])

    def forward(self, maps: Scales) -> Scales:
        """Returns four maps of the shape of those given."""
        x = self.down[0](maps)
        skips = [x]
        for down in self.down[1:]:
            x = down(x)
            skips.append(x)
        x = self.units(x)
        for up, skip in zip(self.up[:-1], reversed(skips[1:]), strict=True):
            x = up(torch.cat((x, skip), 1))
        return cast(Scales, self.up[-1](torch.cat((x, skips[0]), 1)))


class PhasedFusion(nn.Module):
    """`FineFusion` whose full scale is in phases: four maps lead its lists of features.

    The first of a chain takes the full scale as one map, the last gives it so.
    """

    def __init__(self, fusion: FineFusion, *, first: bool, last: bool) -> None:
        super().__init__()
        self.climb = fusion.climb
        for name, up in list(self.climb.ups.items()):
            if name.endswith("to0"):
                self.climb.ups[name] = PhasedUp(cast(Up, up))
        full, *coarser = fusion.blocks
        self.blocks = nn.ModuleList([PhasedBlock(cast(Block, full)), *coarser])
        self.first, self.last = first, last

    def forward(self, features: Scales) -> Scales:
        """Returns the refined features of each scale."""
        given = [*apart(features[0]), *features[1:]] if self.first else features
        maps, coarser = given[:4], given[4:]
        seen, refined = list(coarser), list(coarser)
        for scale in reversed(range(len(coarser))):
            refined[scale] = coarser[scale] + self.blocks[scale + 1](seen[scale])
            x = refined[scale]
            for target in reversed(range(scale)):
                x = self.climb.ups[f"{scale + 1}to{target + 1}"](x)
                seen[target] = seen[target] + x
            maps = _sums(maps, self.climb.ups[f"{scale + 1}to0"](x))
        full = _sums(given[:4], self.blocks[0](maps))
        return (
            [together(torch.cat(full, 1)), *refined] if self.last else [*full, *refined]
        )


def _sums(maps: Scales, others: Scales) -> Scales:
    return [one + other for one, other in zip(maps, others, strict=True)]
