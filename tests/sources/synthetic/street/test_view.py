"""Flat pieces of the street, painted in perspective."""

import numpy as np
import pytest

from sources.synthetic.street.view import (
    NEAR_M,
    Image,
    Light,
    Post,
    Texture,
    View,
    paint,
)

DARK_AIR = Light((1.0, 1.0, 1.0), (0.0, 0.0, 0.0), 0.0)
VIEW = View(80, 60, 50.0, (40.0, 30.0), (0.0, 1.5, 0.0))


def _white(width: int = 32, height: int = 32) -> Texture:
    return Texture.of(np.full((height, width, 3), 255, np.uint8))


def _wall(z: float, half: float = 1.0) -> tuple[Post, Post]:
    return Post(z, (-half, 0), (-half, 3)), Post(z, (half, 0), (half, 3))


def _painted(posts: tuple[Post, Post], light: Light = DARK_AIR) -> Image:
    canvas = np.zeros((60, 80, 3), np.uint8)
    paint(canvas, VIEW, _white(), posts, light)
    return canvas


def test_a_wall_covers_the_pixels_that_perspective_gives_it() -> None:
    covered = _painted(_wall(5.0))[..., 0] > 127

    assert covered.sum() == pytest.approx(20 * 30, rel=0.09)  # OpenCV 4: half a pixel
    assert covered[30, 40]


def test_a_wall_twice_as_far_covers_a_quarter() -> None:
    near, far = (float(_painted(_wall(z)).mean()) for z in (4.0, 8.0))

    assert near == pytest.approx(4 * far, rel=0.1)


def test_what_is_behind_the_eye_is_not_drawn() -> None:
    assert not _painted(_wall(-3.0)).any()
    assert not _painted(_wall(NEAR_M / 2)).any()


def test_a_wall_that_passes_the_eye_is_cut() -> None:
    passing = (Post(-10, (2, 0), (2, 3)), Post(30, (2, 0), (2, 3)))

    covered = _painted(passing)[..., 0] > 127

    assert covered[30, 79]
    assert not covered[:, :40].any()


def test_far_walls_melt_into_the_haze() -> None:
    haze = Light((1.0, 1.0, 1.0), (100.0, 110.0, 120.0), 0.5)

    colour = _painted(_wall(20.0, half=9.0), haze)[30, 40]

    assert colour.tolist() == pytest.approx([100, 110, 120], abs=3)


def test_a_hole_in_the_cover_shows_what_is_below() -> None:
    cover = np.full((32, 32), 255, np.uint8)
    cover[8:24, 8:24] = 0
    texture = Texture.of(np.full((32, 32, 3), 255, np.uint8), cover)
    canvas = np.full((60, 80, 3), 40, np.uint8)

    paint(canvas, VIEW, texture, _wall(3.0, half=1.5), DARK_AIR)

    assert canvas[30, 40].tolist() == pytest.approx([40, 40, 40], abs=1)
