"""Packed weights compute, read as the kernels read them, what the layers do."""

from typing import cast

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model import build_network
from model.backends.triton.planning.pack import PackedConv, Packer, pack, room_for
from model.mspfn.conv_lstm import ConvLSTM, FirstStep
from model.mspfn.layers import Conv, Up
from model.mspfn.network import MSPFN

PACKER = Packer(torch.float32)


@pytest.mark.parametrize(
    ("channels", "room"), [(1, 16), (3, 16), (16, 16), (17, 32), (64, 64), (65, 128)]
)
def test_channels_are_filled_up_to_a_power_of_two(channels: int, room: int) -> None:
    assert room_for(channels) == room


def convolved(packed: PackedConv, x: Tensor) -> Tensor:
    """A convolution of stride 1 by the packed weights: [height, width, channels]."""
    height, width, _ = x.shape
    padded = F.pad(x, (0, 0, 1, 1, 1, 1))
    made = torch.zeros(height, width, packed.weights.shape[2])
    for tap in range(9):
        seen = padded[tap // 3 : tap // 3 + height, tap % 3 : tap % 3 + width]
        made += seen @ packed.weights[tap]
    return made[..., : packed.outputs]


def test_a_tap_of_a_convolution_is_one_matrix() -> None:
    torch.manual_seed(0)
    conv = nn.Conv2d(16, 5, 3, padding=1, bias=False)
    x = torch.randn(7, 9, 16)

    packed = PACKER.conv(conv)

    assert packed.weights.shape == (9, 16, 16)
    assert (packed.inputs, packed.second, packed.outputs) == (16, 0, 5)
    expected = conv(x.permute(2, 0, 1)[None])[0].permute(1, 2, 0)
    torch.testing.assert_close(convolved(packed, x), expected)


def test_inputs_of_two_tensors_lie_one_behind_the_other_s_room() -> None:
    torch.manual_seed(0)
    layer = Conv(3 + 16, 16)
    first, second = torch.randn(7, 9, 3), torch.randn(7, 9, 16)

    packed = PACKER.layer(layer, 16)

    assert (packed.inputs, packed.room, packed.second) == (3, 16, 16)
    together = torch.cat((F.pad(first, (0, 13)), second), 2)
    expected = layer.conv(torch.cat((first, second), 2).permute(2, 0, 1)[None])
    torch.testing.assert_close(
        convolved(packed, together), expected[0].permute(1, 2, 0)
    )
    assert packed.slope is not None
    assert torch.equal(packed.slope, layer.act.weight)


def test_the_taps_of_a_transposed_convolution_go_from_inputs_to_outputs() -> None:
    up = Up(32, 16, tensorflow=False)

    packed = PACKER.up(up, 16)

    assert packed.weights.shape == (9, 32, 16)
    assert (packed.inputs, packed.second, packed.outputs) == (16, 16, 16)
    assert torch.equal(packed.weights[5], up.conv.weight[:, :, 1, 2])


def test_the_gates_are_three_convolutions_and_their_biases() -> None:
    gates = FirstStep(ConvLSTM(16, 16)).gates

    packed = PACKER.gates(gates)

    assert packed.weights.shape == (3, 9, 16, 16)
    assert torch.equal(packed.weights[2, 4], gates.weight[32:, :, 1, 1].T)
    assert gates.bias is not None
    assert torch.equal(packed.bias.flatten(), gates.bias)


def test_a_whole_network_is_packed_in_the_numbers_asked_for() -> None:
    network = cast(MSPFN, build_network("mspfn-lite"))

    packed = pack(network, torch.bfloat16)

    variant = network.variant
    assert len(packed.initial) == len(packed.join) == variant.scales
    assert len(packed.fine) == variant.modules
    assert sorted(packed.fine[0].climbs) == [(1, 0), (2, 0), (2, 1)]
    assert packed.head.weights.dtype == torch.bfloat16
    assert all(one.weights.is_contiguous() for one in packed.join)
    assert packed.rain.outputs == 3
