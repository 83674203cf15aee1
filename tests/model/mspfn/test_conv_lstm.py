"""The Conv-LSTM, whole and cut to what a zero state lets through."""

import pytest
import torch
from torch import nn

from model.mspfn.conv_lstm import (
    ConvLSTM,
    FirstStep,
    ResidualRecurrentUnit,
    folded,
)


def test_the_zero_state_cell_equals_the_full_one() -> None:
    torch.manual_seed(0)
    cell = ConvLSTM(5, 7)
    x = torch.randn(2, 5, 9, 11)

    full, _ = cell.step(x)

    torch.testing.assert_close(cell(x), full, rtol=0, atol=1e-6)


def test_a_second_step_of_the_cell_uses_the_state_of_the_first() -> None:
    torch.manual_seed(0)
    cell = ConvLSTM(3, 4)
    x = torch.randn(1, 3, 8, 8)

    _, state = cell.step(x)
    later, _ = cell.step(x, state)

    assert not torch.allclose(later, cell(x))


def test_the_forget_gate_of_a_cell_leans_towards_keeping() -> None:
    cell = ConvLSTM(1, 1)
    for parameter in cell.parameters():
        nn.init.zeros_(parameter)
    memory = torch.ones(1, 1, 2, 2)

    _, (kept, _) = cell.step(torch.zeros(1, 1, 2, 2), (memory, memory))

    assert kept.flatten().tolist() == pytest.approx([0.7310586] * 4)  # sigmoid(1)


def test_a_cell_that_is_cut_once_gives_the_same_and_trains_nothing() -> None:
    torch.manual_seed(0)
    cell = ConvLSTM(5, 7)
    x = torch.randn(2, 5, 9, 11)

    cut = FirstStep(cell)

    assert torch.equal(cut(x), cell(x))
    assert not any(parameter.requires_grad for parameter in cut.parameters())


def test_a_folded_network_gives_the_same_and_leaves_the_first_as_it_was() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(ResidualRecurrentUnit(4, 3, 5), nn.ReLU())
    x = torch.randn(1, 4, 8, 8)

    cut = folded(network)

    assert torch.equal(cut(x), network(x))
    assert not any(isinstance(part, ConvLSTM) for part in cut.modules())
    assert any(isinstance(part, ConvLSTM) for part in network.modules())


def test_a_unit_gives_features_of_the_shape_it_got() -> None:
    assert ResidualRecurrentUnit(4, 3, 5)(torch.rand(2, 4, 7, 9)).shape == (2, 4, 7, 9)
