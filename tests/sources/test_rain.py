import math

import pytest
import torch

from sources.rain import (
    HEAVY,
    LIGHT,
    STYLES,
    Weather,
    rain_maps,
    rain_on,
    streak_kernels,
)

DRY = Weather(dry=1, veil=0, night=0, exposure=0, noise=0, screen=0, tint=0)
PLAIN = Weather(dry=0, veil=0, night=0, exposure=0, noise=0, screen=0, tint=0)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def psnr(image: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return -10 * torch.log10(((image - truth) ** 2).mean(dim=(1, 2, 3)))


@pytest.mark.parametrize("name", sorted(STYLES))
def test_the_same_seed_makes_the_same_rain(name: str) -> None:
    first = rain_maps(STYLES[name], 2, 64, seeded())

    assert torch.equal(first, rain_maps(STYLES[name], 2, 64, seeded()))
    assert not torch.equal(first, rain_maps(STYLES[name], 2, 64, seeded(1)))


@pytest.mark.parametrize("name", sorted(STYLES))
def test_rain_only_adds_light(name: str) -> None:
    maps = rain_maps(STYLES[name], 4, 64, seeded())

    assert maps.min() >= 0
    assert maps.max() > 0.05


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


@pytest.mark.parametrize("degrees", [-30.0, 0.0, 45.0])
def test_a_streak_lies_along_its_angle(degrees: float) -> None:
    angle = torch.tensor([math.radians(degrees)])
    one = torch.ones(1)

    streak = streak_kernels(64, angle, 30 * one, one, 0 * one)[0, 0]

    y, x = torch.meshgrid(*[torch.fft.fftfreq(64, 1 / 64)] * 2, indexing="ij")
    found = torch.atan2((streak * x * y).sum(), (streak * y * y).sum())
    assert math.isclose(
        math.degrees(found), math.degrees(math.atan(math.tan(angle))), abs_tol=4
    )
    assert streak.max() == 1


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
    night = Weather(night=1, dry=0, veil=0, exposure=0, noise=0, screen=0, tint=0)

    rainy, truth = rain_on(clean, maps, night, seeded())

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
