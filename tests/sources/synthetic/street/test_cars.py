"""Cars: five flat faces each, of one paint."""

import numpy as np
import pytest

from sources.synthetic.street.cars import (
    BONNET_M,
    LENGTH_M,
    WIDTH_M,
    Car,
    build_car,
)
from sources.synthetic.street.view import Floats, Texture

DETAIL = 0.3


def pixels(texture: Texture) -> Floats:
    return texture.shrunk_to(texture.width, texture.height).astype(np.float32)


@pytest.fixture(scope="module")
def red() -> Car:
    return build_car(np.random.default_rng(1), 0, DETAIL)


def test_the_faces_have_the_shape_of_a_car(red: Car) -> None:
    assert red.bow.width / red.bow.height == pytest.approx(WIDTH_M / BONNET_M, rel=0.05)
    assert red.side.width / red.bow.width == pytest.approx(LENGTH_M / WIDTH_M, rel=0.05)


def test_the_paint_is_its_own_and_the_next_car_has_another(red: Car) -> None:
    blue = build_car(np.random.default_rng(1), 1, DETAIL)

    assert pixels(red.side)[..., 0].mean() > 1.5 * pixels(red.side)[..., 2].mean()
    assert pixels(blue.side)[..., 2].mean() > 1.5 * pixels(blue.side)[..., 0].mean()


def test_the_lamps_are_white_before_and_red_behind(red: Car) -> None:
    blue = build_car(np.random.default_rng(1), 1, DETAIL)

    bow, stern = pixels(blue.bow), pixels(blue.stern)

    assert bow[..., :3].min(axis=2).max() > 150
    assert (stern[..., 0] - stern[..., 2]).max() > 80
    assert (bow[..., 0] - bow[..., 2]).max() < 40


def test_around_a_car_there_is_air(red: Car) -> None:
    for face in (red.side, red.windscreen, red.rear_window):
        cover = pixels(face)[..., 3]
        assert cover[0, 0] == 0
        assert cover[cover.shape[0] // 2, cover.shape[1] // 2] == 255
    assert np.all(pixels(red.side)[pixels(red.side)[..., 3] == 0] == 0)


def test_there_are_more_cars_than_colours() -> None:
    one, again = (build_car(np.random.default_rng(2), kind, 0.05) for kind in (0, 7))

    assert np.array_equal(pixels(one.side), pixels(again.side))
