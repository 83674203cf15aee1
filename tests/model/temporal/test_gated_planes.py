"""The rain gate where planes go through a device, against the gate for pixels."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.pictures.planes import PlaneForm, Planes
from model.temporal.stream import TemporalStream
from tests.support.networks.deferred_device import DeferredDevice

NV12 = PlaneForm(matrix=1, full_range=False)
P010 = PlaneForm(matrix=9, full_range=False, depth=10, shift=6)
PLANAR10 = PlaneForm(matrix=9, full_range=False, depth=10)


class TakesBrightest(nn.Module):
    """Stands for a network: what is brighter than 0.7 is rain."""

    def __init__(self) -> None:
        super().__init__()
        self.most = nn.Parameter(torch.tensor(0.7))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.minimum(x, self.most)


def gated(seed: int = 0) -> TemporalStream:
    inner = CudaBackend(
        TakesBrightest(),
        8,
        device=DeferredDevice(seed),
        precision="fp32",
        kernels=ReferenceKernels(),
    )
    return TemporalStream(inner, gate="auto")


def grey(level: float, form: PlaneForm) -> Planes:
    """Returns a flat picture; above 0.7 the network finds rain everywhere."""
    kind = np.uint8 if form.depth == 8 else np.uint16
    how = form.coefficients
    code = round(how.luma_offset + level * float(how.luma_span)) << form.shift
    chroma = np.full((20, 24), how.chroma_offset << form.shift, kind)
    return Planes(luma=np.full((40, 48), code, kind), cb=chroma, cr=chroma.copy())


def empty(planes: Planes) -> Planes:
    return Planes(luma=planes.luma * 0, cb=planes.cb * 0, cr=planes.cr * 0)


@pytest.mark.parametrize(
    ("form", "stored"), [(NV12, NV12), (P010, PLANAR10), (PLANAR10, PLANAR10)]
)
def test_a_dry_stream_comes_back_bit_for_bit(
    form: PlaneForm, stored: PlaneForm
) -> None:
    network = gated()
    shown = grey(0.4, form)
    out = empty(shown)

    pending: Any = network.start_planes(shown, form, out, stored)
    pending.wait()

    assert pending.untouched
    assert np.array_equal(out.luma, shown.luma >> form.shift << stored.shift)
    assert np.array_equal(out.cb, shown.cb >> form.shift << stored.shift)


@pytest.mark.parametrize("seed", range(3))
def test_the_gate_goes_over_to_rain_and_back_as_with_pixels(seed: int) -> None:
    network, pixels = gated(seed), gated()
    levels = [0.4] * 4 + [0.9] * 12 + [0.4] * 30
    flying: list[Any] = []
    untouched: list[bool] = []
    for level in levels:
        shown = grey(level, NV12)
        flying.append(network.start_planes(shown, NV12, empty(shown), NV12))
        if len(flying) == network.slots:
            flying[0].wait()
            untouched.append(flying.pop(0).untouched)
    for pending in flying:
        pending.wait()
        untouched.append(pending.untouched)

    expected = []
    for level in levels:
        picture = np.full((40, 48, 3), round(level * 255), np.uint8)
        one = pixels.start(picture, np.zeros_like(picture))
        one.wait()
        expected.append(one.untouched)
    assert untouched == expected
    assert set(untouched) == {True, False}


def test_rain_that_comes_is_faded_in_between_the_planes() -> None:
    network = gated()
    dry, rainy = grey(0.4, NV12), grey(0.9, NV12)
    first, out = empty(dry), empty(rainy)
    for shown, room in ((dry, first), (rainy, out)):
        pending: Any = network.start_planes(shown, NV12, room, NV12)
        pending.wait()

    full = 16 + 0.7 * 219
    before = float(rainy.luma[0, 0])
    assert full < out.luma[0, 0] < before
    assert out.luma[0, 0] == pytest.approx(before + (full - before) / 8, abs=1)


def test_a_temporal_step_that_is_kept_to_the_host_needs_pixels() -> None:
    inner: Any = gated().inner
    steady = TemporalStream(inner, temporal="causal", in_planes=False)
    shown = grey(0.4, NV12)

    assert not steady.takes_planes
    assert steady.start_planes(shown, NV12, empty(shown), NV12) is None


def test_planes_of_the_device_come_back_bit_for_bit_too() -> None:
    network = gated()
    shown = grey(0.4, NV12)
    there = Planes(
        luma=torch.from_numpy(shown.luma),
        cb=torch.from_numpy(shown.cb),
        cr=torch.from_numpy(shown.cr),
    )
    out = empty(shown)

    pending: Any = network.start_planes(there, NV12, out, NV12)
    pending.wait()

    assert np.array_equal(out.luma, shown.luma)
    assert np.array_equal(out.cr, shown.cr)
