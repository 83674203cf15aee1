import math

import torch

from training.rain.fitting.statistics import NAMES, distance, statistics
from training.rain.streaks import STYLES, rain_maps


def _of(maps: torch.Tensor) -> dict[str, float]:
    return dict(zip(NAMES, statistics(maps)[0].tolist(), strict=True))


def _stripes(*, upright: bool) -> torch.Tensor:
    maps = torch.zeros(1, 1, 64, 64)
    maps[..., ::8] = 0.5
    return maps if upright else maps.transpose(2, 3)


def test_light_and_its_share_are_counted() -> None:
    found = _of(_stripes(upright=True))

    assert math.isclose(found["mean"], 0.5 / 8, rel_tol=1e-5)
    assert found["share over 8"] == found["share over 32"] == 1 / 8
    assert found["quantile 0.5"] == 0
    assert found["quantile 0.9"] == 0.5


def test_upright_streaks_are_told_from_lying_ones() -> None:
    upright, lying = _of(_stripes(upright=True)), _of(_stripes(upright=False))

    assert upright["coherence"] > 0.99
    assert abs(upright["direction"]) < 0.01
    assert abs(abs(lying["direction"]) - math.pi / 2) < 0.01
    assert upright["alike 4 along"] > 0.9 > 0 > upright["alike 4 across"]
    assert lying["alike 4 across"] > 0.9 > 0 > lying["alike 4 along"]


def test_a_dark_map_gives_numbers_too() -> None:
    assert torch.isfinite(statistics(torch.zeros(2, 1, 64, 64))).all()


def test_rain_of_one_style_is_nearer_to_itself_than_to_another() -> None:
    def made(name: str, seed: int) -> torch.Tensor:
        generator = torch.Generator().manual_seed(seed)
        return statistics(rain_maps(STYLES[name], 24, 96, generator))

    heavy, light = made("heavy", 0), made("light", 0)

    assert distance(heavy, heavy) == 0
    assert distance(made("heavy", 1), heavy) < 0.5 * distance(light, heavy)
    assert distance(made("light", 1), light) < 0.5 * distance(heavy, light)
