import pytest
import torch

from training.rain.pool import KINDS, RainPool


def pool(seed: int = 0, at_once: int | None = None, count: int = 4) -> RainPool:
    shares = {"heavy": 1.0, "light": 1.0}
    generator = torch.Generator().manual_seed(seed)
    return RainPool(shares, count, 32, generator, at_once=at_once)


def renewed(rain: RainPool, by: int) -> list[bool]:
    """Returns which maps change with a call of `renew`."""
    before = rain.maps.clone()
    rain.renew(by)
    return [not torch.equal(a, b) for a, b in zip(before, rain.maps, strict=True)]


def test_renewal_replaces_the_oldest_maps_in_turn() -> None:
    assert renewed(pool(), 3) == [True, True, True, False]


def test_a_pool_that_draws_many_at_once_saves_up_and_owes_none() -> None:
    rain = pool(at_once=3)

    assert not any(renewed(rain, 2))
    assert renewed(rain, 2) == [True] * 4
    assert not any(renewed(rain, 2))
    assert renewed(rain, 1) == [True, True, True, False]


def test_maps_drawn_together_have_the_styles_of_their_places() -> None:
    rain = pool(at_once=16, count=32)

    heavy, light = rain.maps[0::2].float(), rain.maps[1::2].float()

    assert heavy.mean() > 2 * light.mean()


@pytest.mark.parametrize("at_once", [1, 2])
def test_a_restored_pool_goes_on_exactly(at_once: int) -> None:
    rain = pool(at_once=at_once)
    rain.renew(1)
    state = {**rain.state(), "maps": rain.maps.clone()}
    generator = rain._generator.get_state()
    rain.renew(2)
    expected = rain.crops(3, 16)

    other = pool(seed=9, at_once=at_once)
    other.restore(state)
    other._generator.set_state(generator)
    other.renew(2)

    assert torch.equal(other.crops(3, 16), expected)


def test_every_kind_of_rain_makes_maps_of_its_size() -> None:
    generator = torch.Generator().manual_seed(0)

    maps = {name: make(2, 48, generator) for name, make in KINDS.items()}

    assert {"heavy", "light", "wide", "short", "bold", "far", "drops"} == set(maps)
    for name, made in maps.items():
        assert made.shape == (2, 1, 48, 48), name
        assert made.min() >= 0, name
        assert made.max() > 0, name
