"""The memory of one stream on its device: what is due, and what is found in it."""

from typing import Any

import numpy as np
import pytest
import torch

from model.backends.cuda.reference_kernels import (
    ReferenceKernels,
    light_of_pixels,
    planes_of_rgb,
    rgb_of_planes,
)
from model.backends.cuda.temporal.neighbours import DeviceNeighbours
from model.pictures.planes import Planes
from tests.support.media.rainy_scene import scene
from tests.support.networks.deferred_device import DeferredDevice
from tests.support.networks.halving import NV12

HIGH, WIDE = 64, 80


def neighbours(ahead: int = 0) -> DeviceNeighbours:
    return DeviceNeighbours(DeferredDevice(), ReferenceKernels(), ahead)


def planes_of(picture: Any) -> Planes:
    half = (picture.shape[0] // 2, picture.shape[1] // 2)
    planes = Planes(
        luma=np.zeros(picture.shape[:2], np.uint8),
        cb=np.zeros(half, np.uint8),
        cr=np.zeros(half, np.uint8),
    )
    planes_of_rgb(light_of_pixels(picture, picture.shape[:2]), NV12, planes)
    return planes


def light_of(planes: Planes) -> torch.Tensor:
    return torch.from_numpy(rgb_of_planes(planes, NV12))


def test_neighbours_refuse_a_frame_while_one_is_owed() -> None:
    stream = neighbours()
    planes = planes_of(scene(HIGH, WIDE))
    stream.push(planes, NV12)

    with pytest.raises(RuntimeError, match="owed before the next push"):
        stream.push(planes, NV12)
    stream.take()
    with pytest.raises(RuntimeError, match="No frame is due"):
        stream.take()


@pytest.mark.parametrize("ahead", [0, 2])
def test_a_frame_is_due_when_those_it_looks_ahead_to_are_there(ahead: int) -> None:
    stream = neighbours(ahead)
    planes = planes_of(scene(HIGH, WIDE))
    due = []

    for _ in range(4):
        stream.push(planes, NV12)
        due.append(stream.due)
        if stream.due:
            stream.take()
    stream.end()
    left = 0
    while stream.due:
        stream.take()
        left += 1

    assert due == [number >= ahead for number in range(4)]
    assert left == ahead


def test_the_first_frame_has_no_neighbours_and_is_as_it_came() -> None:
    stream = neighbours()
    planes = planes_of(scene(HIGH, WIDE))
    stream.push(planes, NV12)

    seen = stream.take()
    seen.ready.wait()

    assert seen.luma is planes.luma
    assert torch.allclose(seen.light, light_of(planes), atol=0.6 / 255)
    assert seen.removed.tolist() == [0, 0]


@pytest.mark.slow
def test_a_streak_of_one_frame_is_taken_out_and_counted() -> None:
    ground = scene(HIGH, WIDE)
    streak = ground.copy()
    streak[10:50, 40:42] = 255
    stream = neighbours()
    for _ in range(2):
        stream.push(planes_of(ground), NV12)
        stream.take()

    stream.push(planes_of(streak), NV12)
    seen = stream.take()
    seen.ready.wait()

    whole, _ = seen.removed.tolist()
    before = light_of(planes_of(streak))[:, 15:45, 40:42].mean()
    after = seen.light[:, 15:45, 40:42].mean()
    assert whole > 0
    assert after < before - 0.1
