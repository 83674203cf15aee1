"""The network over the frames of a stream: what it has seen goes from frame to frame.

MSPFN (arXiv:2003.10985, section 3.1) starts the Conv-LSTM of every picture from a zero
state. Here the states go on to the next frame (Shi et al., "Convolutional LSTM
Network", NeurIPS 2015, arXiv:1506.04214), fetched along the motion of the scene. The
output before enters beside the frame, as its difference to it, and to the rain is
added a share, which the network sees to, of what is brighter than it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from model.mspfn.conv_lstm import State
from model.mspfn.layers import Conv, Features, Resampled, Scales
from model.mspfn.network import MSPFN, pad_to_multiple
from model.mspfn.pyramid import Picture
from model.mspfn.variant import Variant

Places = Float[Tensor, "batch height width 2"]
"""x and y, in pixels, of where each pixel of a frame is in the frame before."""
Known = Float[Tensor, "batch 1 height width"]
"""1 where that is known, 0 where the pixel is hidden or outside there."""

_FORGOTTEN = -4.0
"""Bias of the forget gate that training begins from: 5 % of a cell's memory stays."""


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What the network knows of a stream after a frame.

    A new stream, and one after a cut, begins without: None stands for it everywhere.
    """

    cells: tuple[State, ...]
    """Of the Conv-LSTMs from `variant.carried_from` on, finer scales first: memory and
    output, each [batch, state, height, width] of the frame as the network took it."""
    derained: Picture
    """The last output, RGB, not clipped."""

    def detached(self) -> "Memory":
        """Returns the same, which no gradient passes."""
        cells = tuple((memory.detach(), out.detach()) for memory, out in self.cells)
        return Memory(cells, self.derained.detach())


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How a frame follows the one before."""

    places: Places
    known: Known


class VideoMSPFN(MSPFN):
    """The network of a variant with a memory; the memory goes in and comes out.

    Without a memory a frame is derained as the still network would, number for number.
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__(variant)
        self.initial = nn.ModuleList(
            Conv(variant.looks_at, variant.width) for _ in variant.units
        )
        if variant.sees_last:
            colours = 3 * variant.unshuffle**2
            self.share = nn.Conv2d(variant.head, colours, 3, padding=1, bias=False)

    def rain(self, picture: Picture) -> Picture:
        """Returns the rain of a picture that no other comes before."""
        return self._rain_and_cells(picture, None, None)[0]

    def step(
        self,
        picture: Picture,
        memory: Memory | None = None,
        alignment: Alignment | None = None,
    ) -> tuple[Picture, Memory]:
        """Returns the next frame without its rain, and what to know for the one after.

        Args:
            picture: RGB in [0, 1], [batch, 3, height, width], of any size from 16; of
                the size of the frame before, if there is a memory.
            memory: From the frame before; None begins anew.
            alignment: How the frame follows it; None: nothing moved.

        Returns:
            RGB in [0, 1], not clipped, of the picture's size.

        Raises:
            ValueError: The memory is of a frame of another size.
        """
        height, width = picture.shape[2:]
        padded = pad_to_multiple(picture, self.variant.multiple)
        news: Picture | None = None
        cells: tuple[State, ...] | None = None
        if memory is not None:
            _check_size(picture, memory)
            cells, last = self._fetched(memory, alignment, padded.shape[2:])
            difference = last - picture
            if alignment is not None:
                difference = difference * alignment.known
            news = pad_to_multiple(difference, self.variant.multiple)
        rain, cells = self._rain_and_cells(padded, news, cells)
        derained = picture - rain[:, :, :height, :width]
        return derained, Memory(cells, derained)

    def _rain_and_cells(
        self,
        picture: Picture,
        news: Picture | None,
        cells: tuple[State, ...] | None,
    ) -> tuple[Picture, tuple[State, ...]]:
        features = self._features(picture, news)
        if self.coarse is None:
            raise RuntimeError("A network with a memory has a coarse fusion.")
        anew = self.variant.carried_from
        known = cells or (None,) * (len(features) - anew)
        coarse, states = self.coarse.step(features, ((None,) * anew) + known)
        new = states[anew:]
        if news is None or not self.variant.sees_last:
            return self.rain_in(coarse), new
        made = self.reconstruction
        found = made.features(self.refined(coarse), coarse)
        brighter = F.relu(-news)  # than what was there: rain adds light
        rain = made.laid_out(made.rain(found))
        return rain + made.laid_out(self.share(found)) * brighter, new

    def _features(self, picture: Picture, news: Picture | None) -> Scales:
        scales = self.scales_of(picture)
        if not self.variant.sees_last:
            return [conv(x) for conv, x in zip(self.initial, scales, strict=True)]
        beside: Sequence[Features | None] = [None] * len(scales)
        if news is not None:
            beside = self.scales_of(news)
        parts = zip(self.initial, scales, beside, strict=True)
        return [_seen(conv, x, other) for conv, x, other in parts]

    def _fetched(
        self, memory: Memory, alignment: Alignment | None, padded: torch.Size
    ) -> tuple[tuple[State, ...], Picture]:
        """The memory as the frame sees it; its cells start anew where nothing is known.

        Args:
            memory: Of the frame before.
            alignment: How this one follows it.
            padded: Height and width of the frame as the network takes it.
        """
        if alignment is None:
            return memory.cells, memory.derained
        derained = fetched(memory.derained, alignment.places)
        height, width = padded
        # Nothing is known of what was padded: its places would be made up.
        places, known = _grown(alignment, height, width)
        cells = []
        for scale, (state, output) in enumerate(
            memory.cells, self.variant.carried_from
        ):
            step = self.variant.unshuffle * 2**scale
            own = _coarser(places, step)
            there = F.avg_pool2d(known, step)
            cells.append((fetched(state, own) * there, fetched(output, own) * there))
        return tuple(cells), derained


def fetched(maps: Features, places: Places) -> Resampled:
    """Returns maps as seen from where the places begin; bilinear, edges repeated."""
    height, width = maps.shape[2:]
    most = places.new_tensor((max(width - 1, 1), max(height - 1, 1)))
    return F.grid_sample(
        maps.float(),
        places * (2 / most) - 1,
        padding_mode="border",
        align_corners=True,
    )


def widened(
    still: Mapping[str, Tensor], like: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Returns the weights of a network with a memory that begins as the still one.

    What the still one never used begins at zero: what looks at the output before and
    at the states, and the forget gates, which start nearly closed.

    Args:
        still: Weights of the same network without a memory.
        like: Those of the network with one, for their shapes.
    """
    begun = {name: torch.zeros_like(value) for name, value in like.items()}
    begun |= {name: _grown_to(value, like[name]) for name, value in still.items()}
    for name, value in begun.items():
        if name.endswith("cell.gates.weight"):
            inputs = value.shape[1] - value.shape[0] // 4
            value[:, inputs:] = 0
            value.chunk(4)[2].zero_()  # gates in the order i, j, f, o
        elif name.endswith("cell.gates.bias"):
            value.chunk(4)[2].fill_(_FORGOTTEN)
    return begun


def _grown_to(value: Tensor, like: Tensor) -> Tensor:
    grown = value.new_zeros(like.shape)
    grown[tuple(slice(0, size) for size in value.shape)] = value
    return grown


def _seen(conv: nn.Module, picture: Features, beside: Features | None) -> Resampled:
    """The first features; without anything beside, as if that were zero."""
    if beside is not None:
        return conv(torch.cat((picture, beside), 1))
    if not isinstance(conv, Conv):
        raise TypeError(f"Expected the first layer to be a Conv, got {type(conv)}.")
    kernel = conv.conv.weight[:, : picture.shape[1]]
    return conv.act(F.conv2d(picture, kernel, padding=1))


def _grown(alignment: Alignment, height: int, width: int) -> tuple[Places, Known]:
    known = alignment.known
    below, right = height - known.shape[2], width - known.shape[3]
    channels = alignment.places.permute(0, 3, 1, 2)
    places = F.pad(channels, (0, right, 0, below), mode="replicate")
    return places.permute(0, 2, 3, 1), F.pad(known, (0, right, 0, below))


def _coarser(places: Places, step: int) -> Resampled:
    """Places in maps whose pixels are squares of so many: middles of squares."""
    if step == 1:
        return places
    middles = F.avg_pool2d(places.permute(0, 3, 1, 2), step)
    return ((middles - (step - 1) / 2) / step).permute(0, 2, 3, 1)


def _check_size(picture: Picture, memory: Memory) -> None:
    if picture.shape != memory.derained.shape:
        raise ValueError(
            f"Expected a frame like the one before, {list(memory.derained.shape)}, "
            f"got {list(picture.shape)}; a new size begins without a memory."
        )
