"""A picture that the network sees as its neighbours in time have it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from model.backends.cuda.plan import Slot
from model.backends.cuda.reference_kernels import ReferenceKernels, planes_of_rgb
from model.backends.cuda.temporal.job import SeenJob
from model.pictures.planes import PlanePicture, SeenPlanes
from tests.support.networks.deferred_device import DeferredDevice
from tests.support.networks.halving import NV12, some_planes

SIZE = (20, 28)


def seen_as(light: float, device: DeferredDevice) -> SeenPlanes:
    planes = some_planes(NV12, 1)
    return SeenPlanes(
        luma=planes.luma,
        cb=planes.cb,
        cr=planes.cr,
        light=torch.full((3, *SIZE), light),
        removed=torch.tensor([10.0, 20.0]),
        ready=device.event(),
    )


@pytest.mark.parametrize("turned", [0, 90])
@pytest.mark.parametrize(
    ("network", "stored"), [(0.8, 0.8), (1.2, 1.0), (float("nan"), 0.0)]
)
def test_the_network_sees_what_the_neighbours_made_and_its_result_is_stored(
    network: float, stored: float, turned: int
) -> None:
    device = DeferredDevice()
    seen = seen_as(0.4, device)
    slot = Slot(device, (1, 3, 32, 32), torch.float32)
    form, out = replace(NV12, turned=turned), some_planes(NV12, 2)
    picture = PlanePicture(planes=seen, form=form, out=out, out_form=form)
    job = SeenJob(ReferenceKernels(), picture, seen)

    job.upload(slot, 0)()
    shown = slot.x.clone()
    slot.y.fill_(network)
    on_device, on_host = job.download(slot, 0)
    on_device()
    on_host()

    high, wide = SIZE[::-1] if turned else SIZE
    expected = some_planes(NV12, 3)
    planes_of_rgb(np.full((3, *SIZE), stored, np.float32), NV12, expected)
    assert torch.allclose(shown[0, :, :high, :wide], torch.tensor(0.4))
    assert np.abs(out.luma.astype(int) - expected.luma).max() <= 1
    assert job.ready is seen.ready
    assert job.removed is seen.removed
