"""Where each pixel of a frame is in another one, dry and in rain."""

from typing import Any

import numpy as np
import pytest

from model.motion.dense_flow import fetched, flow_between, grid, halved
from tests.support.media.rainy_scene import rain, scene

HIGH, WIDE = 145, 191


def moved(right: int, down: int, seed: int | None = None) -> Any:
    """Returns luma of a scene in which everything lies so far right and below."""
    large = scene(HIGH + 40, WIDE + 40)
    if seed is not None:
        large = rain(large, seed, streaks=120)
    top, left = 20 - down, 20 - right
    return np.ascontiguousarray(large[top : top + HIGH, left : left + WIDE, 1])


def missed(flow: Any, way: tuple[int, int]) -> Any:
    return np.abs(flow - np.array(way, np.float32))[20:-20, 20:-20]


@pytest.mark.parametrize("way", [(0, 0), (3, -2), (-9, 5), (14, 0)])
def test_flow_says_where_the_scene_went(way: tuple[int, int]) -> None:
    flow = flow_between(moved(0, 0), moved(*way))

    assert flow.shape == (HIGH, WIDE, 2)
    assert flow.dtype == np.float32
    assert missed(flow, way).mean() < 0.3
    assert np.percentile(missed(flow, way), 95) < 1


@pytest.mark.parametrize("way", [(0, 0), (3, -2), (-9, 5)])
def test_flow_follows_the_scene_and_not_its_streaks(way: tuple[int, int]) -> None:
    flow = flow_between(moved(0, 0, seed=1), moved(*way, seed=2))

    assert missed(flow, way).mean() < 1


def test_a_flat_picture_does_not_move() -> None:
    flat = np.full((60, 80), 90, np.uint8)

    assert not flow_between(flat, flat + 1).any()


def test_a_picture_of_one_level_has_a_flow_too() -> None:
    small = moved(0, 0)[:20, :20]

    assert np.abs(flow_between(small, small)).max() < 0.01


def test_halves_are_means_of_what_is_there() -> None:
    odd = np.array([[0, 2, 10], [4, 6, 20], [8, 0, 7]], np.float32)

    assert halved(odd).tolist() == [[3, 15], [4, 7]]


def test_a_picture_is_seen_between_its_pixels_and_its_edge_beyond_it() -> None:
    picture = np.array([[0.0, 100.0], [200.0, 300.0]], np.float32)
    half = np.zeros((2, 2, 2), np.float32)
    half[..., 0] = 0.5

    assert fetched(picture, half).tolist() == [[50, 100], [250, 300]]
    assert (fetched(picture, half + 9) == 300).all()


def test_the_grid_is_shared_and_cannot_be_changed() -> None:
    assert grid(3, 4)[2, 1].tolist() == [1, 2]
    assert not grid(3, 4).flags.writeable
