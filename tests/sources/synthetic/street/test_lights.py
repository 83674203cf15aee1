"""Lamps add their glow and its track on the wet road, and take nothing away."""

import numpy as np
import pytest

from sources.synthetic.street.lights import Lamp, add_lamp
from sources.synthetic.street.view import Image, View

VIEW = View(120, 90, 90.0, (60.0, 40.0), (0.0, 1.5, 0.0))


def lit(lamp: Lamp, ground: int = 0) -> Image:
    canvas = np.full((90, 120, 3), ground, np.uint8)
    add_lamp(canvas, VIEW, lamp)
    return canvas


def lamp(x: float = 0.0, y: float = 3.0, z: float = 10.0, **parts: float) -> Lamp:
    strength = parts.get("strength", 1.0)
    return Lamp((x, y, z), (255.0, 190.0, 110.0), 1.0, strength)


def test_a_lamp_is_brightest_where_perspective_puts_it() -> None:
    canvas = lit(lamp(x=2.0)).astype(int).sum(axis=2)

    across, up = VIEW.point(2.0, 3.0, 10.0)
    row, column = np.unravel_index(canvas.argmax(), canvas.shape)
    assert (column, row) == (pytest.approx(across, abs=1), pytest.approx(up, abs=1))


def test_its_mirror_lies_below_it_and_is_dimmer() -> None:
    canvas = lit(lamp()).astype(int)

    _, foot = VIEW.point(0.0, 0.0, 10.0)
    track = canvas[int(foot) :]
    assert 0 < track.max() < canvas.max() / 2


def test_light_has_the_colour_of_the_lamp() -> None:
    red, green, blue = lit(lamp()).reshape(-1, 3).astype(int).sum(axis=0)

    assert red > green > blue > 0


def test_light_is_added_and_no_pixel_goes_round() -> None:
    dim, bright = lit(lamp(), 100), lit(lamp(), 250)

    assert dim.min() == 100
    assert (bright >= 250).all()
    assert bright.max() == 255


def test_a_far_lamp_is_small_and_one_outside_changes_nothing() -> None:
    near, far = (np.count_nonzero(lit(lamp(z=z))) for z in (8.0, 80.0))

    assert 0 < far < near / 8
    assert not lit(lamp(x=200.0)).any()
    assert not lit(lamp(strength=0.0)).any()
