"""The device's flow against its definition on the host."""

from typing import Any

import cv2
import numpy as np
import pytest
import torch

from model.backends.cuda.temporal.flow import fetched, flow_between, median_of_25
from model.motion import dense_flow
from tests.support.media.rainy_scene import rain, scene

HIGH, WIDE = 97, 131


def moved(right: int, down: int) -> Any:
    """Returns a cut of a scene in which everything lies so far right and below."""
    large = scene(HIGH + 40, WIDE + 40)[..., 1].astype(float)
    top, left = 20 - down, 20 - right
    return large[top : top + HIGH, left : left + WIDE]


def tensor(luma: Any) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(luma)).float()[None, None]


@pytest.mark.parametrize("size", [(48, 53), (HIGH, WIDE), (144, 192)])
@pytest.mark.parametrize("way", [(0, 0), (3, -2), (-9, 5), (14, 0)])
def test_the_device_finds_what_the_host_finds(
    way: tuple[int, int], size: tuple[int, int]
) -> None:
    large = scene(size[0] + 40, size[1] + 40)
    right, down = way
    first, second = (rain(large, seed)[..., 1] for seed in (1, 2))
    before = first[20:-20, 20:-20]
    after = second[20 - down : -20 - down, 20 - right : -20 - right]

    [flow] = flow_between(tensor(before), tensor(after)).numpy()

    expected = dense_flow.flow_between(before, after)
    assert np.abs(flow.transpose(1, 2, 0) - expected).max() < 0.001


def test_pairs_of_a_batch_do_not_mix() -> None:
    first, second = tensor(moved(0, 0)), tensor(moved(4, 2))

    both = flow_between(torch.cat((first, second)), torch.cat((second, first)))

    assert torch.allclose(both[0], flow_between(first, second)[0], atol=1e-4)
    assert torch.allclose(both[1], flow_between(second, first)[0], atol=1e-4)


@pytest.mark.parametrize(
    ("mode", "kind"), [("bilinear", cv2.INTER_LINEAR), ("bicubic", cv2.INTER_CUBIC)]
)
def test_pictures_are_fetched_between_pixels_and_beyond_the_edge(
    mode: str, kind: int
) -> None:
    rng = np.random.default_rng(0)
    picture = rng.uniform(0, 255, (9, 13)).astype(np.float32)
    away = rng.integers(-6 * 32, 6 * 32, (9, 13, 2)).astype(np.float32) / 32
    places = away + dense_flow.grid(9, 13)

    made = fetched(tensor(picture), torch.from_numpy(away).permute(2, 0, 1)[None], mode)

    remap: Any = cv2.remap
    expected = remap(picture, places, None, kind, borderMode=cv2.BORDER_REPLICATE)
    assert np.abs(made[0, 0].numpy() - expected).max() < 0.1


def test_a_streak_is_no_median() -> None:
    luma = torch.zeros(1, 1, 9, 9)
    luma[..., 4:6] = 200

    assert not median_of_25(luma).any()
