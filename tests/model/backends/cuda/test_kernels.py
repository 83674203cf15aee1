"""The text of the kernels against their definition, on the CPU."""

import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from model.backends.cuda import kernels
from model.backends.cuda.kernels import OPTIONS, SOURCE, PlaneKernels
from model.pictures.planes import PlaneForm
from tests.support.kernels.host_kernels import built_for_the_host
from tests.support.kernels.kernel_agreement import (
    FORMS,
    NUMBERS,
    agree_on_pixels,
    agree_on_planes,
)


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
