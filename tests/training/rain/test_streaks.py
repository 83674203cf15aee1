import math

import pytest
import torch

from training.rain.streaks import (
    STYLES,
    rain_maps,
    streak_kernels,
)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


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
