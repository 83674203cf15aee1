"""One picture onto the device and off it, as pixels or as planes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from model.backends.cuda.jobs import CoverageJob, Job, PixelJob, PlaneJob, uploader
from model.backends.cuda.plan import Slot
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.pictures.coverage import coverage_of_both
from model.pictures.planes import PlaneForm, PlanePicture, Planes
from tests.support.networks.deferred_device import DeferredDevice
from tests.support.networks.halving import NV12, some_planes

P010 = PlaneForm(matrix=9, full_range=False, depth=10, shift=6)
SIZE = (20, 28)
SHAPE = (2, 3, 32, 32)
KERNELS = ReferenceKernels()


def slot() -> Slot:
    return Slot(DeferredDevice(), SHAPE, torch.float32)


def through(job: Job, at: Slot, index: int = 1) -> None:
    """Loads a picture, hands it on as it is, and unloads it."""
    job.upload(at, index)()
    at.y[index].copy_(at.x[index])
    device, host = job.download(at, index)
    device()
    host()


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_pixels_come_back_bit_for_bit(kind: type) -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(0, np.iinfo(kind).max, (*SIZE, 3), kind, endpoint=True)
    out = np.zeros_like(picture)
    job = PixelJob(KERNELS, picture, out)

    through(job, slot())

    assert job.size == SIZE
    assert np.array_equal(out, picture)


@pytest.mark.parametrize("load", [PixelJob, PlaneJob])
def test_memory_of_the_caller_may_change_once_it_is_uploaded(
    load: Callable[..., Job],
) -> None:
    at = slot()
    planes, out = some_planes(NV12, 1), some_planes(NV12, 2)
    pixels = np.full((*SIZE, 3), 100, np.uint8)
    given = PlanePicture(planes=planes, form=NV12, out=out, out_form=NV12)
    args = (pixels, pixels.copy()) if load is PixelJob else (given,)

    work = load(KERNELS, *args).upload(at, 0)
    expected = slot()
    load(KERNELS, *args).upload(expected, 0)()
    pixels[...] = 0
    planes.luma[...] = 0
    work()

    assert torch.equal(at.x, expected.x)


@pytest.mark.parametrize("form", [NV12, P010])
@pytest.mark.parametrize("turned", [0, 90, 180])
def test_luma_comes_back_within_a_code(form: PlaneForm, turned: int) -> None:
    form = replace(form, turned=turned)
    grey = form.coefficients.chroma_offset << form.shift
    planes, out = some_planes(form, 1), some_planes(form, 2)
    how = form.coefficients
    codes = np.arange(planes.luma.size).reshape(planes.luma.shape) % int(how.luma_span)
    planes.luma[...] = (how.luma_offset + codes) << form.shift
    planes.cb[...] = planes.cr[...] = grey
    job = PlaneJob(
        KERNELS, PlanePicture(planes=planes, form=form, out=out, out_form=form)
    )

    through(job, slot())

    apart = np.abs(out.luma.astype(int) - planes.luma.astype(int)) >> form.shift
    assert job.size == (SIZE[::-1] if turned == 90 else SIZE)
    assert job.deep is (form.depth > 8)
    assert apart.max() == 0
    assert (out.cb == grey).all()


def test_planes_of_the_device_are_not_copied_first() -> None:
    at, host = slot(), some_planes(NV12, 1)
    there = Planes(
        luma=torch.from_numpy(host.luma.copy()),
        cb=torch.from_numpy(host.cb.copy()),
        cr=torch.from_numpy(host.cr.copy()),
    )
    before = set(at._buffers)

    picture = PlanePicture(planes=there, form=NV12, out=host, out_form=NV12)
    work = PlaneJob(KERNELS, picture).upload(at, 0)
    there.luma.fill_(235)
    there.cb.fill_(128)
    there.cr.fill_(128)
    work()

    assert set(at._buffers) == before
    shown = at.x[0, :, : SIZE[0], : SIZE[1]]
    torch.testing.assert_close(shown, torch.ones_like(shown))


@pytest.mark.parametrize(("form", "percent"), [(NV12, 25.0), (P010, 75.0)])
def test_coverage_comes_home_with_the_picture(form: PlaneForm, percent: float) -> None:
    planes, out = some_planes(form, 1), some_planes(form, 2)
    at = slot()
    at.seen[1] = torch.tensor([25.0, 75.0])
    picture = PlanePicture(planes=planes, form=form, out=out, out_form=form)
    job = CoverageJob(PlaneJob(KERNELS, picture))

    through(job, at)

    assert job.size == SIZE
    assert job.coverage == percent


@pytest.mark.parametrize("removed", [10.0, 0.5])
def test_what_was_taken_out_before_the_network_counts_as_on_the_host(
    removed: float,
) -> None:
    planes, out = some_planes(NV12, 1), some_planes(NV12, 2)
    at = slot()
    at.seen[1] = torch.tensor([25.0, 75.0])
    inner = PlaneJob(
        KERNELS, PlanePicture(planes=planes, form=NV12, out=out, out_form=NV12)
    )
    inner.removed = torch.tensor([removed, 20.0])
    job = CoverageJob(inner)

    through(job, at)

    expected = coverage_of_both(25.0, removed)
    assert job.coverage == pytest.approx(expected)


def test_planes_of_the_host_are_taken_at_once_and_those_of_the_device_as_they_are() -> (
    None
):
    device, host = DeferredDevice(), some_planes(P010, 1)
    expected = host.luma.copy()

    upload = uploader(device, host)
    host.luma[...] = 0
    there = upload()
    again = uploader(device, there)()

    assert np.array_equal(there.luma.numpy(), expected)
    assert np.array_equal(there.cb.numpy(), host.cb)
    assert again is there
