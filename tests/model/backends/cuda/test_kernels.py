"""The kernels against their definition: their text on the CPU, themselves on a GPU."""

import itertools
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from model.backends.cuda import kernels
from model.backends.cuda.kernels import OPTIONS, SOURCE, PlaneKernels
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.planes import PlaneForm, Planes, host_array
from tests.support.host_kernels import built_for_the_host

FORMS = [
    PlaneForm(
        matrix=matrix, full_range=full, depth=depth, shift=shift, chroma_location=c
    )
    for (matrix, full), (depth, shift), c in itertools.product(
        ((1, False), (5, False), (9, False), (4, True), (7, True)),
        ((8, 0), (10, 0), (10, 6)),
        (0, 2, 3, 6),
    )
]
NUMBERS = (torch.float32, torch.float16, torch.bfloat16)
SIZES = ((48, 64), (50, 66), (49, 67))


def random_planes(size: tuple[int, int], form: PlaneForm, device: str) -> Planes:
    """Returns noise; the chroma is interleaved as in NV12."""
    height, width = size
    rng = np.random.default_rng(7)
    kind = np.uint8 if form.depth == 8 else np.uint16
    peak = form.coefficients.peak

    def noise(*shape: int) -> Any:
        values = rng.integers(0, peak + 1, shape) << form.shift
        return torch.from_numpy(values.astype(kind)).to(device)

    chroma = noise((height + 1) // 2, (width + 1) // 2, 2)
    return Planes(luma=noise(height, width), cb=chroma[..., 0], cr=chroma[..., 1])


def empty_like(planes: Planes) -> Planes:
    rooms = [
        torch.zeros(part.shape, dtype=part.dtype).to(part.device)
        for part in (planes.luma, planes.cb, planes.cr)
    ]
    return Planes(luma=rooms[0], cb=rooms[1], cr=rooms[2])


def network_numbers(
    size: tuple[int, int], number: torch.dtype, device: str
) -> torch.Tensor:
    """Returns [3, padded height, padded width], some of it outside [0, 1]."""
    height, width = (-(-side // 8) * 8 for side in size)
    torch.manual_seed(3)
    picture = torch.rand(1, 3, height, width) * 1.4 - 0.2
    picture = picture.to(device, number)
    return picture.to(memory_format=torch.channels_last)[0]


def on_host(planes: Planes) -> Planes:
    parts = (host_array(part) for part in (planes.luma, planes.cb, planes.cr))
    luma, cb, cr = (torch.from_numpy(part) for part in parts)
    return Planes(luma=luma, cb=cb, cr=cr)


def agree_on_planes(
    kernels: Any, form: PlaneForm, number: torch.dtype, at: str
) -> None:
    """Holds both directions to the twin, bit for bit."""
    for size in SIZES:
        planes = random_planes(size, form, at)
        x, y = network_numbers(size, number, at), network_numbers(size, number, at)
        twin_x, out, twin_out = x.cpu(), empty_like(planes), empty_like(on_host(planes))

        kernels.planes_to_network(planes, form, x)
        kernels.network_to_planes(y, form, out)

        ReferenceKernels().planes_to_network(on_host(planes), form, twin_x)
        ReferenceKernels().network_to_planes(y.cpu(), form, twin_out)
        assert torch.equal(x.cpu(), twin_x), (size, "planes to network")
        for name in ("luma", "cb", "cr"):
            ours, its = getattr(on_host(out), name), getattr(twin_out, name)
            assert torch.equal(ours.int(), its.int()), (size, name)


def agree_on_pixels(kernels: Any, number: torch.dtype, at: str) -> None:
    for size, kind in itertools.product(SIZES, (8, 16)):
        levels = np.random.default_rng(1).integers(0, 1 << kind, (*size, 3))
        picture = torch.from_numpy(levels.astype(f"uint{kind}")).to(at)
        x, y = network_numbers(size, number, at), network_numbers(size, number, at)
        out = torch.zeros(picture.shape, dtype=picture.dtype).to(at)
        twin_x, twin_out = x.cpu(), torch.zeros_like(picture.cpu())

        kernels.pixels_to_network(picture, x)
        kernels.network_to_pixels(y, out)

        ReferenceKernels().pixels_to_network(picture.cpu(), twin_x)
        ReferenceKernels().network_to_pixels(y.cpu(), twin_out)
        assert torch.equal(x.cpu(), twin_x)
        assert np.array_equal(out.cpu().numpy(), twin_out.numpy())


@pytest.fixture(scope="module")
def host_kernels(tmp_path_factory: pytest.TempPathFactory) -> PlaneKernels:
    return built_for_the_host(tmp_path_factory.mktemp("kernels"))


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("form", FORMS)
def test_the_text_of_the_kernels_computes_what_the_twin_does(
    host_kernels: PlaneKernels, form: PlaneForm, number: torch.dtype
) -> None:
    agree_on_planes(host_kernels, form, number, "cpu")


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_the_text_of_the_kernels_packs_pixels_as_the_twin_does(
    host_kernels: PlaneKernels, number: torch.dtype
) -> None:
    agree_on_pixels(host_kernels, number, "cpu")


@pytest.mark.slow
def test_the_kernels_compile_for_hopper(tmp_path: Path) -> None:
    nvcc = shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")
    if nvcc is None:
        pytest.skip("NOT CHECKED: that kernels.cu compiles; there is no nvcc here")
    out = tmp_path / "kernels.cubin"
    command = [nvcc, "-arch=sm_90", *OPTIONS, "-cubin", "-o", str(out), str(SOURCE)]

    subprocess.run(command, check=True, timeout=120)

    assert out.stat().st_size > 0


@pytest.mark.gpu
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("form", FORMS)
def test_the_kernels_on_the_gpu_compute_what_the_twin_does(
    form: PlaneForm, number: torch.dtype
) -> None:
    agree_on_planes(PlaneKernels(), form, number, "cuda")


@pytest.mark.gpu
@pytest.mark.parametrize("number", NUMBERS)
def test_the_kernels_on_the_gpu_pack_pixels_as_the_twin_does(
    number: torch.dtype,
) -> None:
    agree_on_pixels(PlaneKernels(), number, "cuda")


class Cupy14:
    """The part of cupy that takes streams of others, as release 14 has it."""

    class cuda:  # noqa: N801 - cupy's own name
        @staticmethod
        def ExternalStream(pointer: int) -> int:  # noqa: N802 - the same
            warnings.warn("use Stream.from_external", DeprecationWarning, stacklevel=2)
            return pointer

        class Stream:
            @staticmethod
            def from_external(stream: Any) -> tuple[int, int]:
                version_and_pointer: tuple[int, int] = stream.__cuda_stream__()
                return version_and_pointer


@pytest.mark.standin
def test_the_stream_of_pytorch_goes_to_cupy_in_the_way_that_stays() -> None:
    taken = kernels._external.__wrapped__(Cupy14, 4711)

    assert taken == (0, 4711)
