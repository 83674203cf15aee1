"""The network's steps as launches: which kernel, on what, over how many tiles."""

import pytest
import torch

from model.backends.triton.planning.launches import Launch
from model.backends.triton.planning.pack import Packer
from model.backends.triton.planning.steps import Steps
from model.mspfn.attention import Block, ChannelAttentionUnit
from model.mspfn.conv_lstm import ConvLSTM, FirstStep
from model.mspfn.layers import Conv, Down, Up

PACKER = Packer(torch.float32)


@pytest.fixture
def noted() -> list[Launch]:
    return []


@pytest.fixture
def do(noted: list[Launch]) -> Steps:
    """Steps that launch nothing, and note it."""
    return Steps(noted.append)


def features(height: int = 9, width: int = 19, channels: int = 16) -> torch.Tensor:
    return torch.zeros(2, height, width, channels)


def test_a_convolution_is_one_launch_for_each_tile_and_picture(
    do: Steps, noted: list[Launch]
) -> None:
    made = do.convolve(PACKER.layer(Conv(16, 16)), features())

    [launch] = noted
    assert made.shape == (2, 9, 19, 16)
    assert launch.kernel == "convolve"
    assert launch.grid == (4, 2)  # tiles of 8 x 16
    assert launch.tensors["y"] is made
    assert (launch.constants["PRELU"], launch.constants["SIGN"]) == (True, 0)


@pytest.mark.parametrize(("sign", "noted_sign"), [(1, 1), (-1, -1)])
def test_a_result_is_added_to_another_or_taken_from_it(
    do: Steps, noted: list[Launch], sign: int, noted_sign: int
) -> None:
    other = features()

    do.convolve(PACKER.layer(Conv(16, 16)), features(), add_to=other, sign=sign)

    assert noted[0].constants["SIGN"] == noted_sign
    assert noted[0].tensors["res"] is other


def test_strides_halve_and_round_up(do: Steps, noted: list[Launch]) -> None:
    down = PACKER.layer(Down(16, 16, tensorflow=False))

    assert do.convolve(down, features()).shape == (2, 5, 10, 16)
    assert do.halve(features(8, 20, 3)).shape == (2, 4, 10, 3)
    assert noted[0].sizes == {"in_h": 9, "in_w": 19, "out_h": 5, "out_w": 10}
    assert noted[1].kernel == "halve"


def test_upsampling_doubles_and_keeps_its_plain_form_only_where_it_is_wanted(
    do: Steps, noted: list[Launch]
) -> None:
    up = PACKER.up(Up(16, 16, tensorflow=False), 0)

    summed, same = do.upsample(up, features(), add_to=features(18, 38))
    other, plain = do.upsample(up, features(), add_to=features(18, 38), raw=True)

    assert summed.shape == plain.shape == (2, 18, 38, 16)
    assert same is summed
    assert plain is not other
    assert [launch.constants["RAW"] for launch in noted] == [False, True]
    assert noted[0].grid == (6, 2)  # tiles of 8 x 8 of the input


def test_two_climbs_are_one_launch(do: Steps, noted: list[Launch]) -> None:
    up = PACKER.up(Up(16, 16, tensorflow=False), 0)

    made = do.climb((up, up), (features(), features()), features(18, 38))

    assert made.shape == (2, 18, 38, 16)
    assert [launch.kernel for launch in noted] == ["climb"]


def test_gates_are_one_launch(do: Steps, noted: list[Launch]) -> None:
    gates = PACKER.gates(FirstStep(ConvLSTM(16, 32)).gates)

    assert do.gate(gates, features()).shape == (2, 9, 19, 32)
    assert noted[0].constants == {"IN": 16, "OUT": 32, "HIGH": 8, "WIDE": 16}


def test_attention_sums_by_tile_in_the_convolution_before_it(
    do: Steps, noted: list[Launch]
) -> None:
    found, share = do.unit(PACKER.unit(ChannelAttentionUnit(16)), features())

    assert (found.shape, share.shape) == ((2, 9, 19, 16), (2, 16))
    assert [launch.kernel for launch in noted] == ["convolve", "convolve", "weigh"]
    assert noted[1].tensors["sums"].shape == (2, 4, 16)
    assert noted[1].tensors["sums"] is noted[2].tensors["sums"]
    assert noted[2].sizes == {"tiles": 4, "pixels": 9 * 19}
    assert share.dtype == torch.float32


def test_a_block_adds_its_result_to_the_features(
    do: Steps, noted: list[Launch]
) -> None:
    packed = PACKER._block(Block(16, 1, 2, False))
    seen, own = features(8, 16), features(8, 16)

    made = do.block(packed, seen, own)

    assert made.shape == own.shape
    kernels = [launch.kernel for launch in noted]
    assert kernels == [*["convolve"] * 4, "weigh", "upsample", "upsample"]
    assert [launch.constants["EXTRA"] for launch in noted[5:]] == [True, False]
    assert noted[-1].tensors["res"] is own
