"""Moving rain: adds light, falls smoothly, shows where there is light."""

import numpy as np
import pytest

from sources.synthetic.falling_rain import FallingRain
from sources.synthetic.street.view import Image


def _grey(level: int = 90) -> Image:
    return np.full((90, 160, 3), level, np.uint8)


def test_the_same_index_gives_the_same_rain() -> None:
    rain = FallingRain(160, 90, seed=3)
    first = rain.apply(_grey(), 5)
    rain.apply(_grey(), 6)

    assert np.array_equal(rain.apply(_grey(), 5), first)
    assert np.array_equal(FallingRain(160, 90, seed=3).apply(_grey(), 5), first)
    assert not np.array_equal(FallingRain(160, 90, seed=4).apply(_grey(), 5), first)


def test_the_picture_given_is_not_changed() -> None:
    picture = _grey()

    FallingRain(160, 90).apply(picture, 0)

    assert np.array_equal(picture, _grey())


def test_no_intensity_is_no_rain() -> None:
    assert np.array_equal(FallingRain(160, 90, intensity=0).apply(_grey(), 3), _grey())


def test_more_intensity_covers_more_of_the_picture() -> None:
    covered = [
        float((FallingRain(160, 90, intensity=i).streaks(1.0) > 8).mean())
        for i in (0.15, 0.5, 1.0)
    ]

    assert 0 < covered[0] < covered[1] < covered[2] < 0.9


def test_streaks_add_light_and_hardly_any_in_the_dark() -> None:
    rain = FallingRain(160, 90, intensity=0.5)

    assert rain.apply(_grey(0), 4).max() < 45
    assert (rain.apply(_grey(60), 4).astype(int) >= 58).all()


def test_streaks_are_continuous_in_time() -> None:
    rain = FallingRain(160, 90, intensity=0.4)

    now, soon, other = (rain.streaks(t).astype(float) for t in (2.0, 2.0005, 2.5))

    assert np.abs(soon - now).mean() < 0.35 * np.abs(other - now).mean()


def test_streaks_fall_along_the_lean_of_the_wind() -> None:
    rain = FallingRain(240, 240, intensity=0.3, seed=2)
    now, soon = (rain.streaks(t).astype(float) for t in (3.0, 3.006))

    spectrum = np.fft.fft2(soon) * np.conj(np.fft.fft2(now))
    match = np.fft.ifft2(spectrum).real
    down, across = np.unravel_index(match[:24, -12:].argmax(), (24, 12))
    down_left, across_left = int(down), int(across) - 12
    down, across = np.unravel_index(match[:24, :12].argmax(), (24, 12))
    if match[down, across] > match[down_left, across_left]:
        down_left, across_left = int(down), int(across)

    assert down_left >= 2  # 420 to 3700 pixels a second at 480 x 480
    assert abs(across_left - rain.lean(3.0) * down_left) <= 2


def test_night_rain_shows_where_there_is_light() -> None:
    picture = _grey(12)
    picture[:, 80:] = 150
    rain = FallingRain(160, 90, intensity=0.8)

    added = np.mean(
        [rain.apply(picture, i).astype(float) - picture for i in range(6)], axis=0
    )

    spread_dark = added[:, :40].std()
    spread_lit = added[:, 120:].std()
    assert spread_lit > 1.5 * spread_dark > 0


def test_heavy_rain_veils_the_distance() -> None:
    picture = _grey(40)
    picture[:, ::2] = 200

    rained = FallingRain(160, 90, intensity=1.0).apply(picture, 0).astype(float)

    contrast = np.abs(np.diff(rained, axis=1)).mean(axis=(1, 2))
    assert contrast[35:45].mean() < 0.9 * contrast[80:].mean()


def test_a_picture_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[90, 160, 3\], got uint8 \[45, 80, 3\]"):
        FallingRain(160, 90).apply(np.zeros((45, 80, 3), np.uint8), 0)


@pytest.mark.parametrize("intensity", [-0.1, 1.1, float("nan")])
def test_an_impossible_intensity_is_refused(intensity: float) -> None:
    with pytest.raises(ValueError, match="intensity"):
        FallingRain(160, 90, intensity=intensity)


def test_a_tiny_picture_is_rained_on() -> None:
    assert FallingRain(3, 2).apply(np.full((2, 3, 3), 99, np.uint8), 1).shape == (
        2,
        3,
        3,
    )
