"""Surfaces of the street: no detail of theirs is flat, and none has a seam."""

import numpy as np
import pytest

from sources.synthetic.street.texture import (
    bricks,
    clouds,
    fitted,
    foliage,
    noise,
    plaster,
    roof_tiles,
    smooth,
    supersampled,
    tinted,
)

GREY = (100.0, 120.0, 140.0)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize("slope", [0.0, 1.0, 2.0])
def test_noise_has_mean_zero_and_deviation_one(slope: float) -> None:
    field = noise(rng(), 48, 80, slope)

    assert field.shape == (48, 80)
    assert field.mean() == pytest.approx(0, abs=1e-3)
    assert field.std() == pytest.approx(1, abs=1e-3)


def test_a_steeper_slope_is_smoother() -> None:
    rough, even = (noise(rng(), 64, 64, slope) for slope in (0.5, 2.0))

    assert np.abs(np.diff(rough)).mean() > 3 * np.abs(np.diff(even)).mean()


def test_noise_repeats_without_a_seam() -> None:
    field = noise(rng(), 64, 64, 1.5)

    across = np.abs(field[:, 0] - field[:, -1]).mean()

    assert across < 1.5 * np.abs(np.diff(field, axis=1)).mean()


def test_a_field_is_repeated_and_cut_to_a_size() -> None:
    field = np.arange(6, dtype=np.float32).reshape(2, 3)

    assert fitted(field, 3, 4).tolist() == [[0, 1, 2, 0], [3, 4, 5, 3], [0, 1, 2, 0]]


def test_a_tint_is_a_colour_times_a_gain() -> None:
    assert tinted(np.array([[0.5]], np.float32), GREY).tolist() == [[[50, 60, 70]]]


def test_a_blur_has_a_width_in_each_direction() -> None:
    dot = np.zeros((21, 21), np.float32)
    dot[10, 10] = 1

    blurred = smooth(dot, 3.0, 0.0)

    assert blurred.sum() == pytest.approx(1, abs=0.01)
    assert blurred[10].min() >= 0
    assert np.count_nonzero(blurred.sum(axis=1) > 1e-6) == 1


def test_a_drawing_made_too_large_gets_smooth_edges() -> None:
    big = np.zeros((4, 4), np.uint8)
    big[:, :1] = 200

    assert supersampled(big, 2).tolist() == [[100, 0], [100, 0]]


def test_walls_have_about_their_colour_everywhere() -> None:
    walls = [
        plaster(rng(), 60, 90, GREY),
        bricks(rng(), 60, 90, GREY, 6.0),
        roof_tiles(rng(), 60, 90, GREY),
    ]

    for wall in walls:
        assert wall.shape == (60, 90, 3)
        assert np.isfinite(wall).all()
        assert wall.mean(axis=(0, 1)) == pytest.approx(GREY, rel=0.2)
        assert wall.std() > 3


def test_the_sky_is_lighter_at_the_horizon_and_dark_at_night() -> None:
    day, night = (clouds(rng(), 40, 120, dark).astype(float) for dark in (False, True))

    assert day[-8:].mean() > day[:8].mean()
    assert night.max() < 60 < day.min()


def test_a_crown_covers_its_middle_and_not_its_corners() -> None:
    rgb, cover = foliage(rng(), 60, (80.0, 100.0, 50.0))

    assert (rgb.shape, cover.shape) == ((60, 60, 3), (60, 60))
    assert cover[25:35, 25:35].min() > 200
    assert cover[0, 0] == cover[-1, -1] == 0
    assert rgb[..., 1].mean() > rgb[..., 2].mean()
