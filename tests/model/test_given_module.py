"""PyTorch modules of a user's own: any size, and a hash that tells them apart."""

import pytest
import torch
from torch import Tensor, nn

from model.given_module import Padded, hash_of


class OfEights(nn.Module):
    """Takes multiples of 8 alone, and remembers what it was given."""

    def forward(self, x: Tensor) -> Tensor:
        assert x.shape[2] % 8 == x.shape[3] % 8 == 0
        self.seen = x
        return x / 2


@pytest.mark.parametrize("size", [(16, 24), (17, 31), (9, 23)])
def test_pictures_of_any_size_are_padded_by_reflection_and_cropped(
    size: tuple[int, int],
) -> None:
    inner = OfEights()
    picture = torch.rand(2, 3, *size)

    made = Padded(inner, 8)(picture)

    assert torch.equal(made, picture / 2)
    below = inner.seen.shape[2] - size[0]
    if below:
        mirrored = picture[:, :, -1 - below : -1].flip(2)
        assert torch.equal(inner.seen[:, :, size[0] :, : size[1]], mirrored)


def test_the_hash_is_of_form_and_weights() -> None:
    torch.manual_seed(0)
    one = nn.Conv2d(3, 3, 3)
    twin = nn.Conv2d(3, 3, 3)
    twin.load_state_dict(one.state_dict())
    other_form = nn.Conv2d(3, 3, 3, padding=1)
    other_form.load_state_dict(one.state_dict())
    other_weights = nn.Conv2d(3, 3, 3)

    assert hash_of(one) == hash_of(twin)
    assert len({hash_of(net) for net in (one, other_form, other_weights)}) == 3


def test_the_hash_takes_weights_of_any_numbers_and_memory() -> None:
    network = nn.Conv2d(3, 3, 3)
    network.weight.data = network.weight.data.to(memory_format=torch.channels_last)
    network.register_buffer("count", torch.tensor(7))

    before = hash_of(network)
    network.half()

    assert len(before) == len(hash_of(network)) == 64
