from dataclasses import replace

import torch

from training.rain.scenery import with_flakes, with_lamps
from training.rain.weather import Weather, rain_on

PLAIN = Weather(
    dry=0, veil=0, night=0, exposure=0, noise=0, screen=0, tint=0, compression=0
)


def _seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_lamps_add_light_in_places() -> None:
    dark = torch.full((8, 3, 64, 64), 0.05)

    lit = with_lamps(dark, 1.0, _seeded())

    assert (lit >= dark - 1e-6).all()
    assert lit.max() <= 1
    assert lit.amax((1, 2, 3)).median() > 0.3
    assert lit.mean() < 0.5


def test_flakes_are_small_bright_and_round() -> None:
    clean = torch.full((8, 3, 64, 64), 0.3)

    flaked = with_flakes(clean, 1.0, _seeded())

    touched = (flaked - clean > 0.05).float()
    assert 0.001 < touched.mean() < 0.3
    lengths = [
        float((touched * touched.roll(4, axis)).sum() / touched.sum())
        for axis in (2, 3)
    ]
    assert abs(lengths[0] - lengths[1]) < 0.1


def test_what_belongs_to_the_scene_stays_in_the_truth() -> None:
    clean = torch.full((8, 3, 64, 64), 0.4)
    none = torch.zeros(8, 1, 64, 64)
    weather = replace(PLAIN, night=1, lamps=1, flakes=1)

    rainy, truth = rain_on(clean, none, weather, _seeded())

    assert torch.equal(rainy, truth)
    assert not torch.equal(truth, clean)
