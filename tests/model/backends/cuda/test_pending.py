"""Pictures under way: handed over when they are waited for, or one line on why not."""

import numpy as np
import pytest
import torch

from model import ModelError
from model.backends.cuda.jobs import CoverageJob, PlaneJob
from model.backends.cuda.pending import CoveragePending, CudaPending
from model.backends.cuda.plan import Slot
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.pictures.planes import PlanePicture
from tests.support.networks.deferred_device import DeferredDevice
from tests.support.networks.halving import NV12, some_planes


def slot_on(device: DeferredDevice) -> Slot:
    slot = Slot(device, (1, 3, 32, 32), torch.float32)
    device.stream().record(slot.done)
    return slot


def test_what_the_host_does_last_is_done_when_it_is_waited_for() -> None:
    slot, done = slot_on(DeferredDevice()), list[str]()
    pending = CudaPending(slot, slot.begin([lambda: done.append("copied")]), "cuda:0")
    before = list(done)

    pending.wait()

    assert (before, done) == ([], ["copied"])
    assert not pending.untouched


def test_a_device_that_fails_is_named_in_one_line() -> None:
    def fail() -> None:
        raise RuntimeError("unspecified launch failure\nCUDA kernel errors ...")

    slot = slot_on(DeferredDevice())
    pending = CudaPending(slot, slot.begin([fail]), "cuda:1")

    with pytest.raises(ModelError, match="cuda:1 failed: unspecified launch") as told:
        pending.wait()

    assert "\n" not in str(told.value)


def test_coverage_is_known_once_the_picture_is_there() -> None:
    planes, out = some_planes(NV12, 1), some_planes(NV12, 2)
    picture = PlanePicture(planes=planes, form=NV12, out=out, out_form=NV12)
    job = CoverageJob(PlaneJob(ReferenceKernels(), picture))
    slot = slot_on(DeferredDevice())
    slot.seen[0] = torch.tensor([40.0, 50.0])
    unload, complete = job.download(slot, 0)
    inner = CudaPending(slot, slot.begin([unload, complete]), "cuda:0")

    pending = CoveragePending(inner, job)
    before = pending.coverage
    pending.wait()

    assert (before, pending.coverage) == (None, 40.0)
    assert np.ptp(out.luma) == 0  # black: the slot holds no picture
