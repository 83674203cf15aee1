"""Houses: their size in metres, and their faces by day and by night."""

import numpy as np
import pytest

from sources.synthetic.street.houses import PX_PER_M, House, build_house
from sources.synthetic.street.view import Floats, Texture

DETAIL = 0.25


def pixels(texture: Texture) -> Floats:
    return texture.shrunk_to(texture.width, texture.height).astype(np.float32)


@pytest.fixture(scope="module")
def houses() -> list[House]:
    return [build_house(np.random.default_rng(n), n, DETAIL) for n in range(6)]


def test_houses_have_two_to_four_storeys_and_a_length_of_metres(
    houses: list[House],
) -> None:
    for house in houses:
        assert house.eaves in {6.7, 9.7, 12.7}
        assert 9 <= house.length <= 14
        assert house.ridge == 0 or 2.2 <= house.ridge <= 3.4


def test_the_faces_are_as_large_as_the_house(houses: list[House]) -> None:
    for house in houses:
        scale = PX_PER_M * DETAIL
        front, gable = house.by_day.front, house.by_day.gable
        assert front.width == pytest.approx(house.length * scale, abs=1)
        assert front.height == pytest.approx(house.eaves * scale, abs=1)
        assert gable.height == pytest.approx((house.eaves + house.ridge) * scale, abs=1)


def test_night_is_dark_but_for_what_is_lit(houses: list[House]) -> None:
    for house in houses:
        day, night = pixels(house.by_day.front), pixels(house.by_night.front)
        assert night[..., :3].mean() < 0.75 * day[..., :3].mean()
        assert night[..., :3].max() > 100
        assert pixels(house.by_night.roof)[..., :3].mean() < 12


def test_above_a_gable_there_is_air(houses: list[House]) -> None:
    [pointed, *_] = [house for house in houses if house.ridge]

    cover = pixels(pointed.by_day.gable)[..., 3]

    assert cover[0, 0] == cover[0, -1] == 0
    assert cover[-1].min() == 255


def test_the_same_seed_builds_the_same_house() -> None:
    one, other, third = (
        pixels(build_house(np.random.default_rng(seed), 1, DETAIL).by_day.front)
        for seed in (5, 5, 6)
    )

    assert np.array_equal(one, other)
    assert one.shape != third.shape or not np.array_equal(one, third)
