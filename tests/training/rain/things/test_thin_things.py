from dataclasses import replace

import pytest
import torch

from training.rain.things.thin_things import KINDS, with_thin_things
from training.rain.weather import Weather, rain_on

PLAIN = Weather(
    dry=0, veil=0, night=0, exposure=0, noise=0, screen=0, tint=0, compression=0
)


def _seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.slow
def test_they_are_thin_dark_and_bright_and_leave_most_of_a_picture() -> None:
    clean = torch.full((48, 3, 96, 96), 0.4)

    drawn = with_thin_things(clean, 1.0, _seeded())

    changed = (drawn - clean).abs().amax(1) > 0.02
    assert 0.05 < changed.float().mean() < 0.5
    assert (drawn > 0.6).any(dim=1).float().mean() > 0.01
    assert (drawn < 0.25).any(dim=1).float().mean() > 0.001
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    # Thin: few pixels have changed pixels all around them, four pixels deep.
    kept = torch.nn.functional.avg_pool2d(changed[:, None].float(), 9, 1) > 0.99
    assert kept.float().mean() < 0.05


def test_as_many_pictures_have_them_as_the_chance_says() -> None:
    clean = torch.full((400, 3, 16, 16), 0.4)

    drawn = with_thin_things(clean, 0.25, _seeded())

    met = (drawn != clean).any(dim=3).any(dim=2).any(dim=1)
    assert 40 < met.sum() < 140


def test_without_a_chance_the_pictures_are_the_very_same() -> None:
    clean = torch.rand(3, 3, 32, 32)

    assert with_thin_things(clean, 0.0, _seeded()) is clean


def test_one_seed_draws_the_same_and_another_seed_other_things() -> None:
    clean = torch.full((4, 3, 48, 48), 0.4)

    first, again, other = (
        with_thin_things(clean, 1.0, _seeded(seed)) for seed in (5, 5, 6)
    )

    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_seen_in_a_picture(kind: str) -> None:
    drawn = [KINDS[kind](96, _seeded(seed)) for seed in range(20)]

    seen = [
        ((rows[:, :4] > 0) & (rows[:, :4] < 96)).all(dim=1).any()
        or (rows[:, :2].amin() < 96 and rows[:, 2:4].amax() > 0)
        for rows in drawn
    ]

    assert sum(map(bool, seen)) >= 18


def test_in_rain_and_dry_they_stand_in_the_truth() -> None:
    clean = torch.full((6, 3, 48, 48), 0.3)
    rain = torch.zeros(6, 1, 48, 48)
    rain[..., 24] = 0.4

    rainy, truth = rain_on(clean, rain, replace(PLAIN, thin_things=1), _seeded())

    assert not torch.equal(truth, clean)
    assert torch.equal(rainy[..., :24], truth[..., :24])
    torch.testing.assert_close(rainy[..., 24], (truth[..., 24] + 0.4).clamp(max=1))


def test_without_them_the_weather_is_what_it_was() -> None:
    clean = torch.rand(4, 3, 48, 48, generator=_seeded())
    rain = torch.rand(4, 1, 48, 48, generator=_seeded()) * 0.3

    with_none, plain = (
        rain_on(clean, rain, weather, _seeded(3))
        for weather in (Weather(thin_things=0.0), Weather())
    )

    assert torch.equal(with_none[0], plain[0])
