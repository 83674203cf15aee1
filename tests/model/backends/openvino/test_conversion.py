"""A PyTorch network becomes a graph between whole numbers."""

import numpy as np
import openvino as ov
import pytest
import torch
from torch import nn

from model.backends.openvino.conversion import convert
from model.form import GivenForm


class Gain(nn.Module):
    """Multiplies light."""

    def __init__(self, gain: float) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(gain), requires_grad=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.gain


def compiled(gain: float, depth: int) -> ov.CompiledModel:
    graph = convert(Gain(gain), GivenForm(name="gain", multiple=4), depth)
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    return ov.Core().compile_model(graph, "CPU", exact)


@pytest.mark.parametrize("depth", [8, 16])
def test_numbers_are_scaled_rounded_and_clipped(depth: int) -> None:
    kind = np.uint8 if depth == 8 else np.float32
    peak = 2**depth - 1
    run = compiled(1.5, depth)

    for size in ((8, 12), (16, 4)):  # its height and width are open
        picture = np.zeros((1, *size, 3), kind)
        picture[0, 0, 0] = (0, 3, peak)
        [made] = run(picture).values()

        assert made.shape == picture.shape
        assert made.dtype == kind
        assert made[0, 0, 0].tolist() == [0, 4, peak]  # 4.5 goes to the even number


def test_red_stays_red() -> None:
    picture = np.zeros((1, 4, 4, 3), np.uint8)
    picture[..., 0] = 100

    [made] = compiled(1.0, 8)(picture).values()

    assert np.array_equal(made, picture)
