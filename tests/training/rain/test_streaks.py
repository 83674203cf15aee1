import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from training.rain.codec_artifacts import compressed
from training.rain.rainmix import rain_mixed
from training.rain.streaks import (
    HEAVY,
    LIGHT,
    STYLES,
    rain_maps,
    streak_kernels,
)
from training.rain.weather import Weather, rain_on

PLAIN = Weather(
    dry=0, veil=0, night=0, exposure=0, noise=0, screen=0, tint=0, compression=0
)
DRY = replace(PLAIN, dry=1)


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


def test_mixed_rain_is_other_rain_of_as_much_light() -> None:
    maps = rain_maps(HEAVY, 6, 96, seeded())

    mixed = rain_mixed(maps, seeded())

    assert mixed.min() >= 0
    assert not torch.allclose(mixed, maps, atol=0.05)
    ratio = mixed.mean(dim=(1, 2, 3)) / maps.mean(dim=(1, 2, 3))
    assert ratio.min() > 0.8
    assert ratio.max() < 1.25


def smooth_picture() -> torch.Tensor:
    """Something between noise and a plain area, as photographs are."""
    coarse = torch.rand(1, 3, 9, 11, generator=seeded())
    return torch.nn.functional.interpolate(coarse, (75, 93), mode="bicubic").clamp(0, 1)


@pytest.mark.parametrize("quality", [30, 60, 90])
def test_compression_is_what_a_jpeg_encoder_does(quality: int) -> None:
    levels = (smooth_picture() * 255).round()
    bgr = levels[0].flip(0).permute(1, 2, 0).numpy().astype(np.uint8)
    _, file = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(file, cv2.IMREAD_COLOR_RGB)
    assert decoded is not None
    jpeg = torch.from_numpy(decoded).permute(2, 0, 1)[None] / 255

    ours = compressed(levels / 255, torch.tensor([float(quality)]), torch.zeros(1))

    # Its other half is libjpeg's smoother chroma and whole numbers in between.
    assert psnr(ours, jpeg) > psnr(jpeg, levels / 255) + 3


def test_an_encoder_takes_more_from_a_picture_at_a_lower_quality() -> None:
    picture = smooth_picture().repeat(3, 1, 1, 1)
    quality = torch.tensor([20.0, 60.0, 95.0])

    for even in (0.0, 1.0):
        after = compressed(picture, quality, torch.full((3,), even))
        worst, middle, best = psnr(after, picture).tolist()
        assert worst < middle < best


def test_what_an_encoder_did_to_the_scene_stays_in_the_truth() -> None:
    clean = smooth_picture()
    dry = replace(DRY, compression=1)

    rainy, truth = rain_on(clean, torch.zeros(1, 1, 75, 93), dry, seeded())

    assert torch.equal(rainy, truth)
    assert psnr(truth, clean) < 50


def test_rain_for_no_picture_is_none() -> None:
    assert rain_maps(STYLES["short"], 0, 64, seeded()).shape == (0, 1, 64, 64)


def test_bold_rain_is_sparse_and_bright_and_far_rain_dense_and_faint() -> None:
    bold = rain_maps(STYLES["bold"], 24, 96, seeded())
    far = rain_maps(STYLES["far"], 24, 96, seeded())

    def cover(maps: torch.Tensor) -> float:
        return float((maps > 8 / 255).float().mean())

    def peak(maps: torch.Tensor) -> float:
        return float(maps.flatten(1).quantile(0.999, dim=1).median())

    assert cover(bold) < 0.3 < cover(far)
    assert peak(bold) > 2 * peak(far)
