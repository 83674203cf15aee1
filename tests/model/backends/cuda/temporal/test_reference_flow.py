"""The definition of the device's flow, held to what moved."""

import numpy as np
import pytest

from model.backends.cuda.temporal.reference_flow import flow_of, sampled
from tests.support.media.rainy_scene import scene

HIGH, WIDE = 97, 131


@pytest.mark.parametrize("way", [(0, 0), (3, -2)])
def test_flow_says_where_the_scene_went(way: tuple[int, int]) -> None:
    large = scene(HIGH + 40, WIDE + 40)[..., 1].astype(float)
    right, down = way
    before = large[20 : 20 + HIGH, 20 : 20 + WIDE]
    after = large[20 - down : 20 - down + HIGH, 20 - right : 20 - right + WIDE]

    flow = flow_of(before, after)

    inside = flow[:, 20:-20, 20:-20] - np.array(way)[:, None, None]
    assert flow.shape == (2, HIGH, WIDE)
    assert np.abs(inside).mean() < 0.1


def test_a_picture_is_seen_between_its_pixels_and_its_edge_beyond_it() -> None:
    picture = np.array([[0.0, 100.0], [200.0, 300.0]])
    half = np.zeros((2, 2, 2))
    half[0] = 0.5
    far = np.full((2, 2, 2), 9.0)

    assert sampled(picture, half).tolist() == [[50, 100], [250, 300]]
    assert sampled(picture, far).tolist() == [[300, 300], [300, 300]]
