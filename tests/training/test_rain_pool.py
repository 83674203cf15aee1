import torch

from training.rain_pool import RainPool


def pool(seed: int = 0) -> RainPool:
    shares = {"heavy": 1.0, "light": 1.0}
    return RainPool(shares, 4, 32, torch.Generator().manual_seed(seed))


def test_renewal_replaces_the_oldest_maps_in_turn() -> None:
    rain = pool()
    before = rain.maps.clone()

    rain.renew(3)

    changed = [not torch.equal(a, b) for a, b in zip(before, rain.maps, strict=True)]
    assert changed == [True, True, True, False]


def test_a_restored_pool_goes_on_exactly() -> None:
    rain = pool()
    rain.renew(1)
    state = {"maps": rain.maps.clone(), "next": rain.state()["next"]}
    generator = rain._generator.get_state()
    rain.renew(2)
    expected = rain.crops(3, 16)

    other = pool(seed=9)
    other.restore(state)
    other._generator.set_state(generator)
    other.renew(2)

    assert torch.equal(other.crops(3, 16), expected)
