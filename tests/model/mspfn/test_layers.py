import pytest
import torch

from model.mspfn.layers import Down, Up


def test_tensorflows_stride_two_convolution_pads_behind() -> None:
    down = Down(1, 1, tensorflow=True)
    torch.nn.init.zeros_(down.conv.weight)
    down.conv.weight.data[0, 0, 0, 0] = 1  # picks the pixel at the kernel's corner
    picture = torch.arange(16.0).reshape(1, 1, 4, 4)

    assert down(picture)[0, 0].tolist() == [[0, 2], [8, 10]]


def test_tensorflows_transposed_convolution_keeps_the_first_outputs() -> None:
    up = Up(1, 1, tensorflow=True)
    torch.nn.init.zeros_(up.conv.weight)
    up.conv.weight.data[0, 0, 0, 0] = 1
    picture = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])

    assert up(picture)[0, 0].tolist() == [
        [1, 0, 2, 0],
        [0, 0, 0, 0],
        [3, 0, 4, 0],
        [0, 0, 0, 0],
    ]


@pytest.mark.parametrize("tensorflow", [False, True])
def test_up_undoes_the_size_of_down(tensorflow: bool) -> None:
    picture = torch.rand(1, 4, 8, 12)

    small = Down(4, 6, tensorflow=tensorflow)(picture)
    large = Up(6, 4, tensorflow=tensorflow)(small)

    assert small.shape == (1, 6, 4, 6)
    assert large.shape == picture.shape
