import random

import pytest
import torch

from training.rain.fitting.fit import changed, fit_style, residual_maps
from training.rain.streaks import HEAVY, LIGHT, RainStyle, rain_maps


def _target(style: RainStyle, count: int = 16) -> torch.Tensor:
    generator = torch.Generator().manual_seed(11)
    return rain_maps(style, count, 96, generator)[..., :48, :48].clamp(max=1)


@pytest.mark.slow
def test_the_search_comes_nearer_to_the_rain_that_it_is_shown() -> None:
    target = _target(HEAVY)

    begun = fit_style(target, LIGHT, rounds=0)
    found = fit_style(target, LIGHT, rounds=40)
    own = fit_style(target, HEAVY, rounds=0)

    assert own.distance < 0.5 * begun.distance
    assert found.distance < 0.8 * begun.distance


@pytest.mark.slow
def test_a_search_of_no_round_gives_back_where_it_began() -> None:
    assert fit_style(_target(LIGHT, 4), HEAVY, rounds=0).style == HEAVY


@pytest.mark.slow
def test_the_same_seed_finds_the_same_style() -> None:
    target = _target(LIGHT, 4)

    assert fit_style(target, HEAVY, rounds=3) == fit_style(target, HEAVY, rounds=3)


def test_a_changed_style_is_one_that_can_be_drawn() -> None:
    rng, style = random.Random(0), LIGHT  # noqa: S311 - a search, no secret

    for _ in range(200):
        style = changed(style, rng)
        ranges = (style.layers, style.length, style.width, style.cover, style.strength)
        assert all(low <= high for low, high in ranges)
        assert all(isinstance(end, int) for end in style.layers)
        assert 0 <= style.drawn <= 1

    assert style != LIGHT
    assert rain_maps(style, 1, 64, torch.Generator().manual_seed(0)).isfinite().all()


class _Pairs:
    """A dark picture, and the same with bright bars in front."""

    def crops(
        self, count: int, size: int, generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        clean = torch.full((count, 3, size, size), 0.2)
        rainy = clean.clone()
        rainy[..., 10:60, ::16] = 0.6
        rainy[..., :4, :] = 0.1
        return rainy, clean


def test_what_rain_adds_to_a_pair_is_found() -> None:
    maps = residual_maps(_Pairs(), 4, 64, torch.Generator())

    assert maps.shape == (4, 1, 64, 64)
    assert maps.min() == 0
    assert maps.max() == pytest.approx(0.4)
