"""The CUDA backend on a GPU against the same on the CPU."""

import numpy as np
import pytest

from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.kernels import PlaneKernels
from tests.support.networks.deferred_device import DeferredDevice
from tests.support.networks.halving import NV12, Halve, backend_on, some_planes

pytestmark = pytest.mark.gpu


@pytest.mark.parametrize("precision", ["fp32", "fp16", "bf16"])
def test_on_a_gpu_planes_and_pixels_go_through_as_on_the_cpu(precision: str) -> None:
    backend = CudaBackend(
        Halve(), 8, device="cuda:0", precision=precision, kernels=PlaneKernels()
    )
    model = backend_on(DeferredDevice(), precision)
    for number in range(9):
        planes = some_planes(NV12, number)
        out, expected = some_planes(NV12, 50), some_planes(NV12, 50)

        backend.start_planes(planes, NV12, out, NV12).wait()

        model.start_planes(planes, NV12, expected, NV12).wait()
        assert np.array_equal(out.luma, expected.luma)
        assert np.array_equal(out.cr, expected.cr)
    backend.close()


def test_colours_as_graphs_give_the_same_pictures() -> None:
    shown = [some_planes(NV12, number) for number in range(9)]
    made = []
    for graphs in (False, True):
        backend = CudaBackend(
            Halve(), 8, device="cuda:0", precision="fp16", kernels=PlaneKernels()
        )
        backend.colour_graphs = graphs
        outs = [some_planes(NV12, 50) for _ in shown]
        for planes, out in zip(shown, outs, strict=True):
            backend.start_planes(planes, NV12, out, NV12).wait()
        backend.close()
        made.append(outs)

    for ours, its in zip(*made, strict=True):
        assert np.array_equal(ours.luma, its.luma)
        assert np.array_equal(ours.cb, its.cb)
