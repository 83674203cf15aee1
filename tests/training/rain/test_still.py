import numpy as np
import pytest

from training.errors import TrainingError
from training.rain.still import STILL_STYLES, StillRain

_PICTURE = np.random.default_rng(0).integers(40, 160, (50, 83, 3)).astype(np.uint8)


@pytest.mark.parametrize("style", STILL_STYLES)
def test_rain_only_adds_light_and_leaves_the_truth_as_it_is(style: str) -> None:
    rain = StillRain(style=style)

    pairs = [rain.pair(_PICTURE, seed) for seed in range(4)]

    for rainy, truth in pairs:
        assert rainy.shape == _PICTURE.shape
        assert truth is _PICTURE
    lighter = np.mean([np.mean(rainy.astype(int) - _PICTURE) for rainy, _ in pairs])
    assert lighter > 0.2


def test_the_same_seed_gives_the_same_rain_and_another_seed_other_rain() -> None:
    rain = StillRain(style="heavy")

    first, again, other = (rain.pair(_PICTURE, seed)[0] for seed in (7, 7, 8))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_at_night_the_truth_is_dark_too() -> None:
    rainy, truth = StillRain(style="light", night=True).pair(_PICTURE, 1)

    assert truth.mean() < 0.75 * _PICTURE.mean()
    assert rainy.mean() < _PICTURE.mean()


def test_a_veil_takes_contrast() -> None:
    veiled, plain = (
        StillRain(style="heavy", veil=veil).pair(_PICTURE, 3)[0]
        for veil in (True, False)
    )

    assert not np.array_equal(veiled, plain)


def test_another_name_is_refused() -> None:
    with pytest.raises(TrainingError, match="known: heavy, light, wide, short"):
        StillRain(style="snow")
