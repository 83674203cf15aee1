"""Convolutional LSTM: gathers the rain texture of the whole picture.

Shi et al., "Convolutional LSTM Network", NeurIPS 2015, arXiv:1506.04214; its place in
the network: MSPFN (arXiv:2003.10985), section 3.1, figure 3.
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model.mspfn.layers import Conv, Features, Rechannelled, Resampled

State = tuple[Resampled, Resampled]
"""The cell's memory and its output after a step, both [batch, state, height, width]."""


class ConvLSTM(nn.Module):
    """One step of a convolutional LSTM; gates in the order i, j, f, o.

    The network starts every picture from a zero state. Then the state's half of the
    kernel meets only zeros and the forget gate scales a zero memory: neither reaches
    the output, and `forward` without a state leaves both out, exactly.
    """

    def __init__(self, inputs: int, state: int) -> None:
        super().__init__()
        self.inputs = inputs
        self.full = False  # True computes what cannot reach the output, too
        self.gates = nn.Conv2d(inputs + state, 4 * state, 3, padding=1)

    @property
    def bias(self) -> Tensor:
        """The gates' bias."""
        if self.gates.bias is None:
            raise RuntimeError("The gates of a Conv-LSTM have a bias.")
        return self.gates.bias

    def forward(self, x: Features) -> Rechannelled:
        """Returns the output of the first step, from a zero state."""
        if self.full:
            return self.step(x)[0]
        return self.first(x)[1]

    def first(self, x: Features) -> State:
        """Returns the state after the first step, from a zero state."""
        return _first_state(F.conv2d(x, *self.first_gates(), padding=1))

    def first_gates(self) -> tuple[Tensor, Tensor]:
        """Returns kernel and bias of the gates i, j, o that look at the input alone."""
        i, j, _, o = self.gates.weight[:, : self.inputs].chunk(4)
        bi, bj, _, bo = self.bias.chunk(4)
        return torch.cat((i, j, o)), torch.cat((bi, bj, bo))

    def step(
        self, x: Features, state: State | None = None
    ) -> tuple[Rechannelled, State]:
        """Returns the output and the new state, by the full cell."""
        if state is None:
            size = self.gates.out_channels // 4
            zeros = x.new_zeros(x.shape[0], size, *x.shape[2:])
            state = (zeros, zeros)
        memory, output = state
        i, j, f, o = self.gates(torch.cat((x, output), 1)).chunk(4, dim=1)
        memory = torch.sigmoid(f + 1) * memory + torch.sigmoid(i) * torch.tanh(j)
        output = torch.sigmoid(o) * torch.tanh(memory)
        return output, (memory, output)


class FirstStep(nn.Module):
    """The first step of a cell, from a zero state, with kernels cut to it for good.

    For graphs that are written once: the cell itself cuts them anew for each picture,
    so that training reaches them.
    """

    def __init__(self, cell: ConvLSTM) -> None:
        super().__init__()
        kernel, bias = cell.first_gates()
        self.gates = nn.Conv2d(kernel.shape[1], kernel.shape[0], 3, padding=1)
        self.gates.weight = nn.Parameter(kernel.detach(), requires_grad=False)
        self.gates.bias = nn.Parameter(bias.detach(), requires_grad=False)

    def forward(self, x: Features) -> Rechannelled:
        """Returns the output of the first step."""
        return _first_state(self.gates(x))[1]


def folded(network: nn.Module) -> nn.Module:
    """Returns a copy whose Conv-LSTMs hold only what a zero state lets through.

    For graphs: they would cut the kernels apart for each picture, and some runtimes
    take only constant kernels. The numbers stay the same.
    """
    copied = copy.deepcopy(network)
    for module in list(copied.modules()):
        for name, child in module.named_children():
            if isinstance(child, ConvLSTM):
                setattr(module, name, FirstStep(child))
    return copied


def _first_state(gates: Features) -> State:
    i, j, o = gates.chunk(3, dim=1)
    memory = torch.sigmoid(i) * torch.tanh(j)
    return memory, torch.sigmoid(o) * torch.tanh(memory)


class ResidualRecurrentUnit(nn.Module):
    """A Conv-LSTM between two convolutions: figure 3 of MSPFN, its skip left outside.

    The caller adds the result to the features of the scale.
    """

    def __init__(self, width: int, inputs: int, state: int) -> None:
        super().__init__()
        self.before = Conv(width, inputs)
        self.cell = ConvLSTM(inputs, state)
        self.after = Conv(state, width)

    def forward(self, x: Features) -> Features:
        """Returns features of the shape of `x`."""
        return self.after(self.cell(self.before(x)))

    def step(self, x: Features, state: State | None) -> tuple[Features, State]:
        """Returns features of the shape of `x`, and the cell's new state.

        Args:
            x: The features of a frame.
            state: The cell's after the frame before; None where it begins.
        """
        seen = self.before(x)
        new = self.cell.first(seen) if state is None else self.cell.step(seen, state)[1]
        return self.after(new[1]), new
