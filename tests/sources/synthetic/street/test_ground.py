"""The floor of the street, laid once and looked at row by row."""

import itertools

import numpy as np
import pytest

from sources.synthetic.street.ground import (
    HALF_WIDTH_M,
    PAVEMENT_M,
    ROAD_M,
    STRETCH_M,
    Ground,
    lay_ground,
    look_down,
    pavement_mask,
)
from sources.synthetic.street.view import View

DETAIL = 0.2
VIEW = View(120, 80, 80.0, (60.0, 40.0), (0.0, 1.5, 0.0))


@pytest.fixture(scope="module")
def ground() -> Ground:
    return lay_ground(np.random.default_rng(1), DETAIL)


def column(ground: Ground, x_m: float) -> int:
    return int((x_m + HALF_WIDTH_M) * ground.px_per_m[0])


def test_the_stretch_is_as_long_and_as_wide_as_it_is_in_metres(ground: Ground) -> None:
    per_x, per_z = ground.px_per_m

    assert ground.by_day[0].shape == (
        round(STRETCH_M * per_z),
        round(2 * HALF_WIDTH_M * per_x),
        3,
    )
    assert ground.wetness[0].shape == ground.by_day[0].shape[:2]


def test_each_next_size_is_shorter(ground: Ground) -> None:
    for sizes in (ground.by_day, ground.by_night, ground.wetness):
        heights = [image.shape[0] for image in sizes]
        assert heights == sorted(heights, reverse=True)
        assert len(set(heights)) == len(heights) == 4


def test_night_is_darker_than_day_and_brightest_under_the_lamps(ground: Ground) -> None:
    day, night = ground.by_day[0].astype(float), ground.by_night[0].astype(float)
    lamp, between = (
        night[int(z * ground.px_per_m[1]), column(ground, 3.0)].mean() for z in (24, 12)
    )

    assert night.mean() < 0.5 * day.mean()
    assert lamp > 2 * between


def test_road_and_pavement_are_wet_and_grass_is_not(ground: Ground) -> None:
    wet = ground.wetness[0]

    assert wet[:, column(ground, -ROAD_M) : column(ground, ROAD_M)].min() > 90
    assert wet[:, column(ground, PAVEMENT_M + 1) :].max() == 0


def test_the_edge_of_the_road_is_marked(ground: Ground) -> None:
    day = ground.by_day[0].astype(float).mean(axis=(0, 2))

    line = day[column(ground, ROAD_M - 0.22)]

    assert line > 1.3 * day[column(ground, 2.4)]


def test_the_floor_is_seen_from_the_first_row_to_the_last(ground: Ground) -> None:
    seen = look_down(VIEW, ground.by_day, 42)

    assert seen.shape == (VIEW.height - 42, VIEW.width, 3)
    assert seen[2:].min() > 0
    assert seen.std() > 5


def test_the_same_floor_comes_after_one_stretch(ground: Ground) -> None:
    here = look_down(VIEW, ground.by_day, 42)
    further = View(120, 80, 80.0, (60.0, 40.0), (0.0, 1.5, STRETCH_M))

    assert abs(look_down(further, ground.by_day, 42).astype(int) - here).max() <= 1


def test_the_pavement_narrows_towards_the_horizon() -> None:
    mask = pavement_mask(VIEW, 42)
    widths = (mask > 127).sum(axis=1)

    assert mask.shape == (38, 120)
    assert widths[0] < 40
    assert widths[-1] == VIEW.width
    assert all(a <= b for a, b in itertools.pairwise(widths))
    expected = 2 * PAVEMENT_M * (10.5 / 1.5)  # ten and a half rows below the horizon
    assert widths[8] == pytest.approx(expected, abs=8)  # a row makes 10
