"""What rain does to a picture, and what of it stays in the truth."""

from dataclasses import replace

import pytest
import torch

from training.rain.streaks import HEAVY, LIGHT, rain_maps
from training.rain.weather import Weather, rain_on

PLAIN = Weather(
    dry=0, veil=0, night=0, exposure=0, noise=0, screen=0, tint=0, compression=0
)
DRY = replace(PLAIN, dry=1)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def psnr(image: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return -10 * torch.log10(((image - truth) ** 2).mean(dim=(1, 2, 3)))


@pytest.mark.slow
def test_heavy_rain_is_as_heavy_as_the_benchmarks_and_light_as_light() -> None:
    clean = torch.full((24, 3, 160, 160), 0.35)

    heavy, _ = rain_on(clean, rain_maps(HEAVY, 24, 160, seeded()), PLAIN, seeded())
    light, _ = rain_on(clean, rain_maps(LIGHT, 24, 160, seeded()), PLAIN, seeded())

    # Rain100H's rainy inputs are at 12 dB (RGB), Rain100L's at 25; both lie inside.
    quantiles = torch.tensor([0.1, 0.9])
    low, high = psnr(heavy, clean).quantile(quantiles).tolist()
    assert low < 12 < high
    low, high = psnr(light, clean).quantile(quantiles).tolist()
    assert low < 25 < high


def test_a_dry_picture_is_its_own_truth() -> None:
    clean = torch.rand(3, 3, 48, 48, generator=seeded())
    maps = rain_maps(HEAVY, 3, 48, seeded())

    rainy, truth = rain_on(clean, maps, DRY, seeded())

    assert torch.equal(rainy, truth)
    assert torch.equal(truth, clean)


def test_added_rain_is_exactly_the_map_where_nothing_clips() -> None:
    clean = torch.full((2, 3, 48, 48), 0.1)
    maps = rain_maps(LIGHT, 2, 48, seeded()).clamp(max=0.8)

    rainy, truth = rain_on(clean, maps, PLAIN, seeded())

    torch.testing.assert_close(rainy - truth, maps.expand_as(rainy))


def test_at_night_rain_is_darker_than_by_day() -> None:
    clean = torch.full((4, 3, 64, 64), 0.4)
    maps = rain_maps(HEAVY, 4, 64, seeded())

    rainy, truth = rain_on(clean, maps, replace(PLAIN, night=1), seeded())

    assert truth.mean() < clean.mean() / 2
    assert (rainy - truth).mean() < 0.6 * maps.mean()


def test_everything_stays_in_range_whatever_the_weather() -> None:
    clean = torch.rand(8, 3, 64, 64, generator=seeded())
    maps = rain_maps(HEAVY, 8, 64, seeded())
    all_of_it = Weather(screen=0.5, tint=1, veil=1, night=0.5, exposure=1, noise=1)

    for pictures in rain_on(clean, maps, all_of_it, seeded()):
        assert pictures.min() >= 0
        assert pictures.max() <= 1
        assert torch.isfinite(pictures).all()


def test_what_an_encoder_did_to_the_scene_stays_in_the_truth() -> None:
    clean = torch.rand(1, 3, 75, 93, generator=seeded())
    dry = replace(DRY, compression=1)

    rainy, truth = rain_on(clean, torch.zeros(1, 1, 75, 93), dry, seeded())

    assert torch.equal(rainy, truth)
    assert psnr(truth, clean) < 50
