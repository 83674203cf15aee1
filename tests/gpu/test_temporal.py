"""The temporal step on a GPU, against the same on a device that plays it."""

from typing import Any

import numpy as np
import pytest
from torch import nn

from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.kernels import PlaneKernels
from model.temporal.stream import TemporalStream
from tests.support.media.rainy_scene import psnr, scene
from tests.support.media.seen_planes import (
    derained,
    film,
    on_device,
    pixels_of,
    planes_of,
)

pytestmark = pytest.mark.gpu


@pytest.mark.parametrize("kind", ["causal", "centred"])
def test_rain_is_taken_out_as_on_the_device_that_plays(kind: str) -> None:
    shown = [planes_of(frame) for frame in film(6)]
    inner: Any = CudaBackend(
        nn.Identity(), 8, device="cuda:0", precision="fp32", kernels=PlaneKernels()
    )

    made = derained(TemporalStream(inner, temporal=kind, gate="off"), shown)

    expected = derained(TemporalStream(on_device(), temporal=kind, gate="off"), shown)
    for ours, its in zip(made, expected, strict=True):
        apart = np.abs(ours.luma.astype(int) - its.luma)
        assert (apart <= 2).mean() > 0.99
    ground = scene(*shown[0].luma.shape)
    assert psnr(pixels_of(made[4]), ground) > psnr(pixels_of(shown[4]), ground) + 3
