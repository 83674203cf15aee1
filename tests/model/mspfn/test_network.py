from dataclasses import replace

import pytest
import torch

from model import VARIANTS, build_network
from model.mspfn.network import pad_to_multiple

LITE = VARIANTS["mspfn-lite"]
TINY = replace(
    LITE,
    width=8,
    recurrent=(4, 4, 4),
    recurrent_inputs=(4, 4, 4),
    modules=1,
)


def tiny_network() -> torch.nn.Module:
    torch.manual_seed(0)
    return build_network(TINY).eval()


def test_a_network_gives_the_same_with_the_full_cell() -> None:
    torch.manual_seed(0)
    network = build_network(TINY)
    full = build_network(TINY, full_cell=True)
    full.load_state_dict(network.state_dict())
    picture = torch.rand(1, 3, 32, 48)

    torch.testing.assert_close(network(picture), full(picture), rtol=0, atol=1e-6)


def test_pictures_of_a_batch_do_not_mix() -> None:
    network = tiny_network()
    pictures = torch.rand(3, 3, 32, 32)

    together = network(pictures)

    for picture, derained in zip(pictures, together, strict=True):
        alone = network(picture[None])[0]
        torch.testing.assert_close(alone, derained, rtol=0, atol=1e-5)


def test_the_network_keeps_no_memory_from_call_to_call() -> None:
    network = tiny_network()
    first, other = torch.rand(2, 1, 3, 32, 32)

    before = network(first)
    network(other)

    torch.testing.assert_close(network(first), before, rtol=0, atol=0)


@pytest.mark.parametrize("size", [(16, 16), (17, 31), (33, 64), (50, 18)])
def test_any_size_from_16_comes_back_as_it_went_in(size: tuple[int, int]) -> None:
    derained = tiny_network()(torch.rand(1, 3, *size))

    assert derained.shape[2:] == size


def test_what_is_padded_is_a_reflection() -> None:
    picture = torch.arange(5.0).expand(1, 3, 4, 5)

    padded = pad_to_multiple(picture, 4)

    assert padded[0, 0, 0].tolist() == [0, 1, 2, 3, 4, 3, 2, 1]


def test_a_picture_too_small_to_reflect_is_refused() -> None:
    with pytest.raises(ValueError, match=r"at least 16 pixels.*got 7 x 40"):
        tiny_network()(torch.rand(1, 3, 7, 40))


def test_without_rain_features_the_picture_passes_through() -> None:
    network = tiny_network()
    torch.nn.init.zeros_(network.get_parameter("reconstruction.rain.weight"))
    picture = torch.rand(1, 3, 32, 32)

    assert torch.equal(network(picture), picture)


def test_squares_of_pixels_as_channels_take_pictures_of_any_size() -> None:
    torch.manual_seed(0)
    network = build_network(replace(TINY, unshuffle=2)).eval()
    picture = torch.rand(1, 3, 35, 47)

    assert network(picture).shape == picture.shape


def test_rain_from_squares_of_pixels_comes_back_where_it_was() -> None:
    form = replace(TINY, unshuffle=2)
    network = build_network(form).eval()
    rain = dict(network.named_parameters())["reconstruction.rain.weight"]
    with torch.no_grad():
        rain.zero_()
        rain[1, 0, 1, 1] = 1  # red of the right upper pixel, from the first feature
    picture = torch.rand(1, 3, 32, 32)

    removed = picture - network(picture)

    assert (removed[:, 0, 0::2, 1::2] != 0).any()
    removed[:, 0, 0::2, 1::2] = 0
    torch.testing.assert_close(removed, torch.zeros_like(removed))


def test_squares_of_pixels_make_the_grid_coarser_and_the_maps_smaller() -> None:
    form = replace(LITE, unshuffle=2)

    assert form.multiple == 2 * LITE.multiple
    assert form.numbers_a_pixel == LITE.numbers_a_pixel // 4
