import pytest
import torch
from torch import nn

from model.mspfn.pyramid import (
    FourChannelPyramid,
    GaussianPyramid,
    MeanPyramid,
    in_four_channels,
)
from tests.conftest import in_a_fresh_python


def test_each_level_is_half_the_one_before() -> None:
    for pyramid in (GaussianPyramid(3), MeanPyramid(3)):
        sizes = [level.shape[2:] for level in pyramid(torch.rand(1, 3, 16, 24))]

        assert sizes == [(16, 24), (8, 12), (4, 6)]


def test_an_even_picture_stays_even() -> None:
    flat = torch.full((1, 3, 16, 16), 0.25)

    for pyramid in (GaussianPyramid(3), MeanPyramid(3)):
        for level in pyramid(flat):
            torch.testing.assert_close(level, torch.full_like(level, 0.25))


def test_the_gaussian_kernel_is_the_binomial_of_five() -> None:
    picture = torch.zeros(1, 3, 16, 16)
    picture[:, :, 8, 8] = 1

    half = GaussianPyramid(2)(picture)[1]

    row = half[0, 0, 4, 3:6] * 256
    torch.testing.assert_close(row, torch.tensor([6.0, 36.0, 6.0]))


def test_the_mean_is_that_of_whole_cells() -> None:
    picture = torch.arange(64.0).reshape(1, 1, 8, 8).expand(1, 3, 8, 8)

    quarter = MeanPyramid(3)(picture)[2]

    assert quarter[0, 0, 0, 0] == picture[0, 0, :4, :4].mean()


def test_to_build_a_network_loads_no_compiler() -> None:
    code = (
        "import sys, torch\n"
        "from model import build_network\n"
        "with torch.device('meta'): build_network('mspfn-lite')\n"
        "assert not {'torch._dynamo', 'sympy'} & set(sys.modules)\n"
    )

    done = in_a_fresh_python(code)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_with_a_channel_more_the_pyramid_is_the_same(kind: torch.dtype) -> None:
    torch.manual_seed(0)
    picture = torch.rand(2, 3, 24, 40).to(kind)
    network = nn.Sequential(GaussianPyramid(3))
    expected = network(picture)

    made = in_four_channels(network)(picture)

    assert type(network[0]) is FourChannelPyramid
    for ours, its in zip(made, expected, strict=True):
        assert torch.equal(ours, its)
