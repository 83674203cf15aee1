"""The colour kernels on a GPU against their definition."""

import pytest
import torch

from model.backends.cuda.kernels import PlaneKernels
from model.pictures.planes import PlaneForm
from tests.support.kernels.kernel_agreement import (
    FORMS,
    NUMBERS,
    agree_on_pixels,
    agree_on_planes,
)

pytestmark = pytest.mark.gpu


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("form", FORMS)
def test_the_kernels_on_the_gpu_compute_what_the_twin_does(
    form: PlaneForm, number: torch.dtype
) -> None:
    agree_on_planes(PlaneKernels(), form, number, "cuda")


@pytest.mark.parametrize("number", NUMBERS)
def test_the_kernels_on_the_gpu_pack_pixels_as_the_twin_does(
    number: torch.dtype,
) -> None:
    agree_on_pixels(PlaneKernels(), number, "cuda")
