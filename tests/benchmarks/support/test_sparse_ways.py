"""Ways to make pictures that a network left out, on pictures whose truth is known."""

import numpy as np
import pytest

from benchmarks.support.sparse_ways import WAYS, network_on
from tests.support.fakes import PassThrough
from tests.support.media.rainy_scene import scene

FRAMES = [np.full((64, 80, 3), 20 * number, np.uint8) for number in range(6)]
CLEAN = [frame + np.uint8(5) for frame in FRAMES]


def levels(name: str, stride: int) -> list[int]:
    outs = WAYS[name](PassThrough(), FRAMES, CLEAN, stride)
    return [int(out[0, 0, 0]) for out in outs]


def test_a_network_is_asked_for_each_frame() -> None:
    network = PassThrough()

    outs = network_on(network, FRAMES)

    assert network.pictures == 6
    assert all(np.array_equal(a, b) for a, b in zip(outs, FRAMES, strict=True))


def test_a_picture_that_is_repeated_is_the_last_that_the_network_took() -> None:
    assert levels("repeated", 3) == [5, 5, 5, 65, 65, 65]


def test_a_picture_that_is_left_as_it_came_is_not_clean() -> None:
    assert levels("as they came", 2) == [5, 20, 45, 60, 85, 100]


def test_half_a_picture_tells_what_rain_there_is() -> None:
    assert levels("network at half scale", 2) == [5, 20, 45, 60, 85, 100]


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("stride", [2, 4])
def test_a_still_dry_scene_stays_as_it_is(name: str, stride: int) -> None:
    frames = [scene()] * 5

    outs = WAYS[name](PassThrough(), frames, frames, stride)

    assert len(outs) == 5
    assert max(int(np.abs(out.astype(int) - frames[0]).max()) for out in outs) <= 1
