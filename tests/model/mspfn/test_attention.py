"""Channel attention, and the block that goes down and up again around it."""

import pytest
import torch
from torch import nn

from model.mspfn.attention import SQUEEZE, Block, ChannelAttentionUnit


def test_channels_are_weighed_by_their_mean() -> None:
    unit = ChannelAttentionUnit(SQUEEZE)
    for parameter in unit.parameters():
        nn.init.zeros_(parameter)
    assert unit.second.bias is not None
    nn.init.constant_(unit.second.bias, 3.0)  # what is found: 3 everywhere
    nn.init.constant_(unit.squeeze.weight, 1 / SQUEEZE)  # the mean of all channels
    nn.init.ones_(unit.excite.weight)
    x = torch.rand(2, SQUEEZE, 5, 7)

    found = unit(x) - x

    share = torch.sigmoid(torch.tensor(3.0))
    torch.testing.assert_close(found, torch.full_like(x, 3.0) * share)


def test_where_attention_says_nothing_half_of_what_is_found_is_added() -> None:
    torch.manual_seed(0)
    unit = ChannelAttentionUnit(8)
    for parameter in unit.excite.parameters():
        nn.init.zeros_(parameter)
    x = torch.rand(1, 8, 6, 6)

    inner = unit.second(unit.act(unit.first(x)))

    torch.testing.assert_close(unit(x), x + inner / 2)


@pytest.mark.parametrize("tensorflow", [False, True])
@pytest.mark.parametrize("strides", [0, 1, 2])
def test_a_block_gives_features_of_the_shape_it_got(
    strides: int, tensorflow: bool
) -> None:
    block = Block(8, 2, strides, tensorflow)
    x = torch.rand(2, 8, 8, 12)

    assert block(x).shape == x.shape


def test_each_level_of_a_block_has_its_skip() -> None:
    torch.manual_seed(0)
    block = Block(8, 1, 2, False)
    x = torch.rand(1, 8, 8, 8)
    whole = block(x)
    with torch.no_grad():
        for parameter in block.units.parameters():
            parameter.zero_()

    without_units = block(x)

    assert not torch.equal(whole, without_units)
    assert without_units.abs().max() > 0  # what came down goes up beside them
