"""Coarse fusion, fine fusion and reconstruction: how the scales speak to each other.

MSPFN (arXiv:2003.10985), sections 3.1 to 3.3, figure 2. Lists of features run from
full to coarsest scale; every part works its way up from the coarsest, each scale taking
in what all coarser ones have found.
"""

from collections.abc import Sequence
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from model.mspfn.attention import Block
from model.mspfn.conv_lstm import ResidualRecurrentUnit, State
from model.mspfn.layers import Conv, Features, Rechannelled, Resampled, Scales, Up
from model.mspfn.variant import Variant


class Climb(nn.Module):
    """Brings coarser scales up to a finer one: one doubling for each step of each.

    From scale s the doublings are reused by all finer scales: quarter to half, then
    that to full.
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        pairs = [(s, t) for s in range(variant.scales) for t in range(s)]
        self.ups = nn.ModuleDict(
            {
                f"{source}to{target}": Up(
                    variant.width, variant.width, tensorflow=variant.tensorflow
                )
                for source, target in pairs
            }
        )

    def forward(self, x: Features, source: int) -> Scales:
        """Returns `x` of that scale at every finer scale, full scale first."""
        climbed: Scales = []
        for target in reversed(range(source)):
            x = self.ups[f"{source}to{target}"](x)
            climbed.insert(0, x)
        return climbed


class CoarseFusion(nn.Module):
    """Residual recurrent units at each scale, fed from below: section 3.1."""

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        self.climb = Climb(variant)
        self.units = nn.ModuleList(
            ResidualRecurrentUnit(variant.width, inputs, state)
            for inputs, state in zip(
                variant.recurrent_inputs, variant.recurrent, strict=True
            )
        )

    def forward(self, features: Scales) -> Scales:
        """Returns the coarse features of each scale."""
        seen = list(features)
        gathered = list(features)
        for scale in reversed(range(len(features))):
            gathered[scale] = features[scale] + self.units[scale](seen[scale])
            for target, found in enumerate(self.climb(gathered[scale], scale)):
                seen[target] = seen[target] + found
        return gathered

    def step(
        self, features: Scales, states: Sequence[State | None]
    ) -> tuple[Scales, tuple[State, ...]]:
        """Returns the coarse features of a stream's next frame, and the cells' states.

        Args:
            features: Of each scale of the frame.
            states: Of each scale's cell after the frame before; None where it begins.
        """
        seen, gathered = list(features), list(features)
        new: list[State] = []
        for scale in reversed(range(len(features))):
            unit = cast(ResidualRecurrentUnit, self.units[scale])
            found, state = unit.step(seen[scale], states[scale])
            new.insert(0, state)
            gathered[scale] = features[scale] + found
            for target, climbed in enumerate(self.climb(gathered[scale], scale)):
                seen[target] = seen[target] + climbed
        return gathered, tuple(new)


class FineFusion(nn.Module):
    """One module of U-shaped residual attention blocks, fed from below: section 3.2."""

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        self.climb = Climb(variant)
        self.blocks = nn.ModuleList(
            Block(variant.width, units, variant.strides, variant.tensorflow)
            for units in variant.units
        )

    def forward(self, features: Scales) -> Scales:
        """Returns the refined features of each scale.

        The long skip adds to a scale's own features, not to the sum its block saw.
        """
        seen = list(features)
        refined = list(features)
        for scale in reversed(range(len(features))):
            refined[scale] = features[scale] + self.blocks[scale](seen[scale])
            for target, found in enumerate(self.climb(refined[scale], scale)):
                seen[target] = seen[target] + found
        return refined


class Reconstruction(nn.Module):
    """Joins coarse and fine features, then the scales, into the rain: section 3.3."""

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        width = variant.width
        top = variant.scales - 1
        self.join = nn.ModuleList(Conv(2 * width, width) for _ in variant.units)
        self.up = nn.ModuleList(
            Up(width * (1 if scale == top else 2), width, tensorflow=variant.tensorflow)
            for scale in range(1, variant.scales)
        )
        self.head = Conv(width if top == 0 else 2 * width, variant.head)
        self.unshuffle = variant.unshuffle
        colours = 3 * variant.unshuffle**2
        self.rain = nn.Conv2d(variant.head, colours, 3, padding=1, bias=False)

    def forward(self, fine: Scales, coarse: Scales) -> Float[Tensor, "batch 3 _ _"]:
        """Returns the rain, [batch, 3, height, width], of the full scale."""
        return self.laid_out(self.rain(self.features(fine, coarse)))

    def features(self, fine: Scales, coarse: Scales) -> Resampled:
        """Returns the last features, [batch, head, ...], that the rain is made of."""
        joined = [
            join(torch.cat((f, c), 1))
            for join, f, c in zip(self.join, fine, coarse, strict=True)
        ]
        x = joined[-1]
        for scale in reversed(range(len(joined) - 1)):
            x = torch.cat((joined[scale], self.up[scale](x)), 1)
        return self.head(x)

    def laid_out(self, colours: Rechannelled) -> Float[Tensor, "batch 3 _ _"]:
        """Returns [batch, 3, height, width]: channels become squares of pixels."""
        if self.unshuffle == 1:
            return colours
        return F.pixel_shuffle(colours, self.unshuffle)
