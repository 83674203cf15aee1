"""The device's flow against its definition in numpy, and against what moved."""

from typing import Any

import numpy as np
import pytest
import torch

from model.backends.cuda.temporal.flow import fetched, flow_between, median_of_25
from model.backends.cuda.temporal.reference_flow import flow_of, sampled
from tests.support.media.rainy_scene import scene

HIGH, WIDE = 97, 131


def moved(right: int, down: int) -> Any:
    """Returns a cut of a scene in which everything lies so far right and below."""
    large = scene(HIGH + 40, WIDE + 40)[..., 1].astype(float)
    top, left = 20 - down, 20 - right
    return large[top : top + HIGH, left : left + WIDE]


def tensor(luma: Any) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(luma)).float()[None, None]


@pytest.mark.parametrize("way", [(0, 0), (3, -2), (-9, 5), (14, 0)])
def test_flow_says_where_the_scene_went(way: tuple[int, int]) -> None:
    before, after = moved(0, 0), moved(*way)

    [flow] = flow_between(tensor(before), tensor(after)).numpy()

    inside = flow[:, 20:-20, 20:-20] - np.array(way)[:, None, None]
    assert np.abs(inside).mean() < 0.1
    assert np.abs(inside).max() < 1


@pytest.mark.parametrize("way", [(0, 0), (3, -2), (-9, 5)])
def test_the_device_finds_what_the_definition_finds(way: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    before = moved(0, 0)
    after = moved(*way) + rng.normal(0, 4, before.shape)

    [flow] = flow_between(tensor(before), tensor(after)).numpy()

    assert np.abs(flow - flow_of(before, after)).max() < 0.01


def test_pairs_of_a_batch_do_not_mix() -> None:
    first, second = tensor(moved(0, 0)), tensor(moved(4, 2))

    both = flow_between(torch.cat((first, second)), torch.cat((second, first)))

    assert torch.allclose(both[0], flow_between(first, second)[0], atol=1e-4)
    assert torch.allclose(both[1], flow_between(second, first)[0], atol=1e-4)


def test_pictures_are_fetched_between_pixels_and_beyond_the_edge() -> None:
    rng = np.random.default_rng(0)
    picture = rng.uniform(0, 255, (9, 13))
    away = rng.uniform(-6, 6, (2, 9, 13))

    made = fetched(tensor(picture), torch.from_numpy(away).float()[None])

    assert np.abs(made[0, 0].numpy() - sampled(picture, away)).max() < 0.01


def test_a_streak_is_no_median() -> None:
    luma = torch.zeros(1, 1, 9, 9)
    luma[..., 4:6] = 200

    assert not median_of_25(luma).any()
