"""Weights of a network in the order in which the kernels read them; packed once.

A convolution's weights become [taps, inputs, outputs]: a tap's part is one matrix, read
in a row. Channels are filled up with zeros to 16, the least that a tensor core takes.
"""

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from model.mspfn.attention import Block, ChannelAttentionUnit
from model.mspfn.conv_lstm import folded
from model.mspfn.fusion import CoarseFusion
from model.mspfn.layers import Conv, Up
from model.mspfn.network import MSPFN

LEAST = 16
"""Channels that a tensor core takes at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedConv:
    """A 3x3 convolution over one or two inputs."""

    weights: Tensor
    """[9, room of the first + channels of the second, room of the outputs]."""
    inputs: int
    """Channels of the first input."""
    second: int
    """Channels of the second input; 0: there is none."""
    outputs: int
    stride: int
    bias: Tensor | None
    slope: Tensor | None

    @property
    def room(self) -> int:
        """Channels of the first input, filled up."""
        return room_for(self.inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedUp:
    """A transposed 3x3 convolution of stride 2, and PReLU."""

    weights: Tensor
    """[9, channels of both inputs, outputs]."""
    inputs: int
    second: int
    outputs: int
    slope: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedGates:
    """The gates i, j, o of a Conv-LSTM's first step."""

    weights: Tensor
    """[3, 9, inputs, state]."""
    bias: Tensor
    """[3, state]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedUnit:
    """A channel attention unit: two convolutions, and what weighs their channels."""

    first: PackedConv
    second: PackedConv
    squeeze: Tensor
    squeeze_bias: Tensor
    slope: Tensor
    excite: Tensor
    excite_bias: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedBlock:
    """A U-shaped block with one unit at its bottom."""

    down: tuple[PackedConv, ...]
    unit: PackedUnit
    up: tuple[PackedUp, ...]


Climbs = dict[tuple[int, int], PackedUp]
"""From scale to scale: (2, 1) goes from quarter to half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedCoarse:
    """The coarse fusion: before, gates and after, at each scale."""

    units: tuple[tuple[PackedConv, PackedGates, PackedConv], ...]
    climbs: Climbs


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFine:
    """One module of the fine fusion."""

    blocks: tuple[PackedBlock, ...]
    climbs: Climbs


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedNetwork:
    """All of it; lists run from full to coarsest scale."""

    initial: tuple[PackedConv, ...]
    coarse: PackedCoarse | None
    fine: tuple[PackedFine, ...]
    join: tuple[PackedConv, ...]
    up: tuple[PackedUp, ...]
    head: PackedConv
    rain: PackedConv


def pack(network: MSPFN, kind: torch.dtype) -> PackedNetwork:
    """Returns the weights in numbers of `kind`, on the network's device.

    `network` is one that `available.why_not` has no objection to.
    """
    return Packer(kind).network(cast(MSPFN, folded(network)))


def room_for(channels: int) -> int:
    """Returns the next power of two, at least 16."""
    return max(LEAST, 1 << (channels - 1).bit_length())


class Packer:
    """Knows in what numbers."""

    def __init__(self, kind: torch.dtype) -> None:
        self._kind = kind

    def network(self, it: MSPFN) -> PackedNetwork:
        """Returns a network whose Conv-LSTMs are folded."""
        end = it.reconstruction
        width, top = it.variant.width, it.variant.scales - 1
        return PackedNetwork(
            initial=tuple(self.layer(cast(Conv, one)) for one in it.initial),
            coarse=None if it.coarse is None else self._coarse(it.coarse),
            fine=tuple(self._fine(module) for module in it.fine),
            join=tuple(self.layer(cast(Conv, one), width) for one in end.join),
            up=tuple(
                self.up(cast(Up, one), 0 if scale == top else width)
                for scale, one in enumerate(end.up, start=1)
            ),
            head=self.layer(end.head, width if top else 0),
            rain=self.conv(end.rain),
        )

    def _coarse(self, it: CoarseFusion) -> PackedCoarse:
        units: Any = it.units
        return PackedCoarse(
            units=tuple(
                (self.layer(u.before), self.gates(u.cell.gates), self.layer(u.after))
                for u in units
            ),
            climbs=self._climbs(it.climb),
        )

    def _fine(self, it: Any) -> PackedFine:
        return PackedFine(
            blocks=tuple(self._block(block) for block in it.blocks),
            climbs=self._climbs(it.climb),
        )

    def _climbs(self, it: Any) -> Climbs:
        names = {name: name.split("to") for name in it.ups}
        return {(int(a), int(b)): self.up(it.ups[n], 0) for n, (a, b) in names.items()}

    def _block(self, it: Block) -> PackedBlock:
        unit = cast(ChannelAttentionUnit, it.units[0])
        return PackedBlock(
            down=tuple(self.layer(cast(Conv, one)) for one in it.down),
            unit=self.unit(unit),
            up=tuple(self._half_up(cast(Up, one)) for one in it.up),
        )

    def unit(self, it: ChannelAttentionUnit) -> PackedUnit:
        """Returns a channel attention unit."""
        return PackedUnit(
            first=self.conv(it.first, it.act),
            second=self.conv(it.second),
            squeeze=self._flat(it.squeeze.weight),
            squeeze_bias=self._flat(it.squeeze.bias),
            slope=self._flat(it.squeeze_act.weight),
            excite=self._flat(it.excite.weight),
            excite_bias=self._flat(it.excite.bias),
        )

    def _half_up(self, it: Up) -> PackedUp:
        return self.up(it, it.conv.in_channels // 2)

    def layer(self, it: Any, second: int = 0) -> PackedConv:
        """Returns a `Conv` or `Down`; `second` of its inputs are another tensor's."""
        return self.conv(it.conv, it.act, second)

    def conv(
        self, it: nn.Conv2d, act: nn.PReLU | None = None, second: int = 0
    ) -> PackedConv:
        """Returns a convolution, and the PReLU behind it."""
        first, outputs = it.in_channels - second, it.out_channels
        room = room_for(first)
        taps = it.weight.detach().float().permute(2, 3, 1, 0)
        taps = taps.reshape(9, it.in_channels, outputs)
        full = taps.new_zeros(9, room + second, room_for(outputs))
        full[:, :first, :outputs] = taps[:, :first]
        full[:, room:, :outputs] = taps[:, first:]
        return PackedConv(
            weights=self._flat(full),
            inputs=first,
            second=second,
            outputs=outputs,
            stride=it.stride[0],
            bias=None if it.bias is None else self._flat(it.bias),
            slope=None if act is None else self._flat(act.weight),
        )

    def up(self, it: Up, second: int) -> PackedUp:
        """Returns an `Up`; `second` of its inputs come from another tensor."""
        inputs, outputs = it.conv.in_channels, it.conv.out_channels
        taps = it.conv.weight.detach().float().permute(2, 3, 0, 1)
        return PackedUp(
            weights=self._flat(taps.reshape(9, inputs, outputs)),
            inputs=inputs - second,
            second=second,
            outputs=outputs,
            slope=self._flat(it.act.weight),
        )

    def gates(self, it: nn.Conv2d) -> PackedGates:
        """Returns the gates i, j, o of a `FirstStep`."""
        state = it.out_channels // 3
        taps = it.weight.detach().float().reshape(3, state, it.in_channels, 3, 3)
        return PackedGates(
            weights=self._flat(taps.permute(0, 3, 4, 2, 1).flatten(1, 2)),
            bias=self._flat(cast(Tensor, it.bias).reshape(3, state)),
        )

    def _flat(self, it: Tensor | None) -> Tensor:
        return cast(Tensor, it).detach().to(self._kind).contiguous()
