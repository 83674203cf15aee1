"""Rain of sequences: it falls from frame to frame."""

import pytest
import torch

from training.rain.pool import RainPool
from training.rain.showers import Showers, falling_places


def showers(falling: float, frames: int = 3) -> Showers:
    generator = torch.Generator().manual_seed(0)
    pool = RainPool({"light": 1.0}, 2, 64, generator)
    return Showers(pool, frames=frames, falling=falling, generator=generator)


def places(jumping: bool) -> torch.Tensor:
    """Places of many maps, of which those that jump or those that fall are kept."""
    host = torch.Generator().manual_seed(1)
    draws = torch.rand((200, 6), generator=host)
    found = falling_places(draws, 4, 256, host)
    steps = found[..., 0].diff(dim=0)
    falls = (steps < 0).all(0) & ((steps - steps[0]).abs() <= 1).all(0)
    return found[:, ~falls if jumping else falls]


def test_a_falling_map_goes_down_by_as_much_from_frame_to_frame() -> None:
    falling = places(jumping=False)

    steps = -falling[..., 0].diff(dim=0)
    aside = falling[..., 1].diff(dim=0).abs()

    assert 60 < falling.shape[1] < 140  # half of 200
    assert steps.min() >= 5
    assert steps.max() <= 129
    assert (aside <= 0.1 * steps + 1).all()


def test_the_other_maps_are_elsewhere_in_each_frame() -> None:
    jumping = places(jumping=True)

    assert (jumping[..., 0].diff(dim=0) > 0).any(0).float().mean() > 0.8


def test_rain_is_of_the_asked_form_and_no_frame_has_that_of_another() -> None:
    rain = showers(falling=0.0).crops(4, 32)

    assert rain.shape == (3, 4, 1, 32, 32)
    assert rain.min() >= 0
    for frame in range(1, 3):
        assert not torch.equal(rain[frame], rain[frame - 1])


def test_a_crop_goes_on_around_the_edge_of_its_map() -> None:
    source = showers(falling=0.0)
    source._pool.maps[:] = torch.arange(64)[:, None] / 64

    columns = source.crops(20, 48)[..., 0, :, 0].flatten(0, 1)

    gains = 64 * columns.diff(dim=1).median(dim=1, keepdim=True).values
    rows = (64 * columns / gains).round()
    steps = rows.diff(dim=1)
    assert set(steps.flatten().tolist()) == {1, -63}
    assert gains.min() >= 0.59
    assert gains.max() <= 1.31


@pytest.mark.slow
def test_drawn_showers_are_a_share_and_fall() -> None:
    source = showers(falling=0.5)

    rain = source.crops(4, 448)

    drawn = rain[:, :2]
    assert drawn.shape == (3, 2, 1, 448, 448)
    assert (drawn > 0).any(-1).any(-1).all()
    assert not torch.equal(drawn[0], drawn[1])


@pytest.mark.slow
def test_showers_go_on_from_a_state_as_if_nothing_had_happened() -> None:
    first, second = showers(falling=0.5), showers(falling=0.5)
    for _ in range(5):
        first.renew(1)

    second.restore(first.state())
    second._generator.set_state(first._generator.get_state())
    for source in (first, second):
        for _ in range(4):
            source.renew(1)

    assert torch.equal(first.crops(2, 48), second.crops(2, 48))
