"""A block as one launch: how many programs, on which counter, and what is refused."""

import pytest
import torch

from model import ModelError
from model.backends.triton.planning.launches import Launch
from model.backends.triton.planning.pack import Packer
from model.backends.triton.planning.persistent import PersistentBlocks
from model.mspfn.attention import Block
from model.mspfn.layers import Up

PACKER = Packer(torch.float32)
PACKED = PACKER._block(Block(16, 1, 2, False))


def features(height: int, width: int) -> torch.Tensor:
    return torch.zeros(2, height, width, 16)


def blocks(
    noted: list[Launch], programs: int = 264, count: int = 2
) -> PersistentBlocks:
    return PersistentBlocks(noted.append, programs, features(4, 4), count)


def test_a_block_is_one_launch_whose_programs_are_there_together() -> None:
    noted: list[Launch] = []

    made = blocks(noted).block(PACKED, features(40, 72))

    [launch] = noted
    assert made.shape == (2, 40, 72, 16)
    assert launch.tensors["y"] is made
    assert launch.cooperative
    assert launch.constants["CLIMB"] is False
    assert launch.sizes == {"batch": 2, "height": 40, "width": 72}


@pytest.mark.parametrize(("programs", "started"), [(264, 30), (30, 30), (7, 7)])
def test_no_more_programs_are_started_than_fit_or_have_a_tile(
    programs: int, started: int
) -> None:
    noted: list[Launch] = []

    blocks(noted, programs).block(PACKED, features(40, 72))

    assert noted[0].grid == (started, 1)  # 2 pictures of 3 x 5 tiles of 8 x 8


def test_each_launch_has_a_cleared_counter_of_its_own() -> None:
    noted: list[Launch] = []
    do = blocks(noted)

    do.block(PACKED, features(8, 8))
    do.block(PACKED, features(8, 8))

    first, second = (launch.tensors["arrived"] for launch in noted)
    assert first.dtype == torch.int32
    assert not first.any()
    assert second.data_ptr() - first.data_ptr() >= 128


def test_what_a_coarser_scale_found_comes_up_in_the_same_launch() -> None:
    noted: list[Launch] = []
    up = PACKER.up(Up(16, 16, tensorflow=False), 0)

    made, raw = blocks(noted).climbed(PACKED, features(8, 8), up, features(4, 4))

    [launch] = noted
    assert made.shape == raw.shape == (2, 8, 8, 16)
    assert launch.constants["CLIMB"] is True
    assert launch.tensors["raw"] is raw
    assert launch.tensors["seen"] is not launch.tensors["features"]


def test_blocks_and_sizes_that_the_kernel_does_not_know_are_refused() -> None:
    shallow = PACKER._block(Block(16, 1, 1, False))

    with pytest.raises(ModelError, match="has 2 strides and maps in multiples of 4"):
        blocks([]).block(shallow, features(8, 8))
    with pytest.raises(ModelError, match="got 2 and 10x8"):
        blocks([]).block(PACKED, features(8, 10))
