"""What stands for a GPU in a dry run, and the material that parts measure with."""

import numpy as np
import pytest
import torch

from benchmarks.gpu.subject import (
    DEFAULT,
    NV12,
    Subject,
    clip_of,
    network_room,
    put,
    shipped,
    some_planes,
    variant_of,
)
from tests.support.probe import look_at


def test_a_dry_run_is_tiny_and_on_the_processor() -> None:
    on = Subject(dry=True)

    assert (on.device, on.usual, on.sizes) == ("cpu", (64, 48), {"tiny": (64, 48)})
    assert (on.precisions, on.rounds) == (("fp32",), 3)
    assert on.seconds_of(lambda: None, 3) >= 0
    on.finish()


def test_the_default_is_measured_first_and_at_720p() -> None:
    assert shipped()[0] == DEFAULT
    assert Subject(dry=False).usual == (1280, 720)
    assert Subject(dry=False).precisions[0] == "fp16"


@pytest.mark.parametrize("depth", [8, 10])
def test_planes_are_noise_within_the_limits_of_their_depth(depth: int) -> None:
    planes = some_planes((64, 48), depth=depth)

    assert (planes.width, planes.height) == (64, 48)
    assert planes.cb.shape == planes.cr.shape == (24, 32)
    assert planes.luma.dtype == (np.uint8 if depth == 8 else np.uint16)
    assert 16 << depth - 8 <= planes.luma.min() <= planes.luma.max() <= 235 << depth - 8
    again = put(some_planes((64, 48), depth=depth), "cpu")
    assert np.array_equal(planes.luma, again.luma.numpy())


def test_a_networks_input_is_padded_to_its_multiple() -> None:
    room = network_room((50, 34), 32, torch.float32, "cpu")

    assert room.shape == (1, 3, 64, 64)
    assert room.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.slow
def test_the_backend_of_a_dry_run_makes_pictures() -> None:
    backend = Subject(dry=True).backend()
    planes, out = some_planes((64, 48)), some_planes((64, 48), 1)
    before = out.luma.copy()

    backend.start_planes(planes, NV12, out, NV12).wait()
    backend.close()

    assert not np.array_equal(out.luma, before)
    assert variant_of(DEFAULT).name == DEFAULT


def test_a_clip_is_drawn_and_gone_afterwards() -> None:
    with clip_of((64, 48), 3) as clip:
        assert len(look_at(clip).times) == 3

    assert not clip.exists()
