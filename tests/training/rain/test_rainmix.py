import torch

from training.rain.rainmix import rain_mixed
from training.rain.streaks import HEAVY, rain_maps


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_mixed_rain_is_other_rain_of_as_much_light() -> None:
    maps = rain_maps(HEAVY, 6, 96, seeded())

    mixed = rain_mixed(maps, seeded())

    assert mixed.min() >= 0
    assert not torch.allclose(mixed, maps, atol=0.05)
    ratio = mixed.mean(dim=(1, 2, 3)) / maps.mean(dim=(1, 2, 3))
    assert ratio.min() > 0.8
    assert ratio.max() < 1.25
