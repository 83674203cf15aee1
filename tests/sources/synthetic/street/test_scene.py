"""Where things stand in the street, and how they get into a picture."""

from itertools import pairwise

import numpy as np
import pytest

from sources.synthetic.street.cars import WIDTH_M
from sources.synthetic.street.scene import (
    LOOP_M,
    SIGHT_M,
    Driving,
    Scene,
    build_scene,
    paint_houses,
    paint_things,
)
from sources.synthetic.street.view import Image, Light, View

DAY = Light((1.0, 1.0, 1.0), (150.0, 150.0, 150.0), 0.001)
DETAIL = 0.05


@pytest.fixture(scope="module")
def scene() -> Scene:
    return build_scene(np.random.default_rng(3), DETAIL)


def view(z: float = 0.0) -> View:
    return View(120, 90, 90.0, (60.0, 40.0), (1.7, 1.4, z))


def test_houses_stand_side_by_side_and_fill_one_loop(scene: Scene) -> None:
    for side in (-1, 1):
        row = [plot for plot in scene.plots if plot.side == side]
        ends = [plot.start + plot.house.length for plot in row]

        assert all(
            end <= after.start + 1e-6 for end, after in zip(ends, row[1:], strict=False)
        )
        assert row[0].start >= 0
        assert ends[-1] <= LOOP_M + 1e-6
        assert all(a.house is not b.house for a, b in pairwise(row))


def test_lamps_stand_on_both_sides_and_trees_off_the_road(scene: Scene) -> None:
    lamps = [place for place in scene.places if place.lit]
    others = [place for place in scene.places if not place.lit]

    assert {np.sign(place.x) for place in lamps} == {-1, 1}
    assert len(lamps) == 16
    assert all(abs(place.x) > 3.6 for place in others)
    assert all(0 <= place.z <= LOOP_M for place in scene.places)


def houses_from(scene: Scene, z: float, *, night: bool = False) -> Image:
    canvas = np.zeros((90, 120, 3), np.uint8)
    paint_houses(canvas, view(z), scene, DAY, night)
    return canvas


def test_the_same_houses_are_seen_after_one_loop(scene: Scene) -> None:
    here, there = houses_from(scene, 0.0), houses_from(scene, LOOP_M)

    left = here[:, :10].astype(int)
    assert here.any()
    assert not np.array_equal(here, houses_from(scene, LOOP_M / 2))
    assert np.abs(there[:, :10].astype(int) - left).mean() < 60


def test_houses_are_darker_at_night(scene: Scene) -> None:
    assert houses_from(scene, 0.0, night=True).mean() < houses_from(scene, 0.0).mean()


def cars_at(scene: Scene, *cars: Driving, night: bool = False) -> Image:
    canvas = np.full((90, 120, 3), 120, np.uint8)
    empty = Scene([], [], scene.cars)
    paint_things(canvas, view(), empty, list(cars), DAY, night)
    return canvas


def test_a_car_is_drawn_where_it_drives(scene: Scene) -> None:
    car = Driving(scene.cars[0], 1.7, 12.0, 1)

    changed = np.argwhere((cars_at(scene, car) != 120).any(axis=2))

    middle = changed[:, 1].mean()
    wide = np.ptp(changed[:, 1]) + 1
    assert middle == pytest.approx(60, abs=3)
    assert wide == pytest.approx(1.16 * WIDTH_M * 90 / 12, rel=0.4)


@pytest.mark.parametrize("z", [1.0, SIGHT_M + 1, -20.0])
def test_a_car_behind_the_eye_or_out_of_sight_is_not_drawn(
    scene: Scene, z: float
) -> None:
    assert (cars_at(scene, Driving(scene.cars[0], 1.7, z, 1)) == 120).all()


def test_a_near_car_hides_a_far_one(scene: Scene) -> None:
    near, far = (Driving(scene.cars[n], 1.7, z, 1) for n, z in ((0, 6.0), (1, 40.0)))

    both, alone = cars_at(scene, near, far), cars_at(scene, near)

    assert np.array_equal(cars_at(scene, far, near), both)
    assert np.count_nonzero(both != alone) < np.count_nonzero(alone != 120) / 10


def test_lamps_shine_into_the_picture_at_night(scene: Scene) -> None:
    posts = Scene([], [place for place in scene.places if place.lit], [])
    pictures = []
    for night in (False, True):
        canvas = np.zeros((90, 120, 3), np.uint8)
        paint_things(canvas, view(), posts, [], DAY, night)
        pictures.append(canvas.mean())

    assert pictures[1] > 1.2 * pictures[0] > 0
