"""A network in a CUDA backend whose result shows which picture it saw."""

from typing import Any

import numpy as np
import torch
from torch import nn

from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.pictures.pixels import RgbArray
from model.pictures.planes import PlaneForm, Planes
from tests.support.networks.deferred_device import DeferredDevice

NV12 = PlaneForm(matrix=1, full_range=False)


class Halve(nn.Module):
    """Stands for a network: its result shows which picture it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.share = nn.Parameter(torch.tensor(0.5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.share


def backend_on(device: DeferredDevice, precision: str = "fp32") -> CudaBackend:
    return CudaBackend(
        Halve(), 8, device=device, precision=precision, kernels=ReferenceKernels()
    )


def some_planes(form: PlaneForm, seed: int, size: tuple[int, int] = (20, 28)) -> Planes:
    rng = np.random.default_rng(seed)
    kind = np.uint8 if form.depth == 8 else np.uint16
    height, width = size

    def noise(*shape: int) -> Any:
        codes = rng.integers(0, form.coefficients.peak + 1, shape) << form.shift
        return codes.astype(kind)

    chroma = noise(height // 2, width // 2, 2)
    return Planes(luma=noise(height, width), cb=chroma[..., 0], cr=chroma[..., 1])


def pictures(count: int, size: tuple[int, int] = (20, 28)) -> list[RgbArray]:
    rng = np.random.default_rng(5)
    shape = (count, *size, 3)
    return list(rng.integers(0, 256, shape).astype(np.uint8))


def halved(picture: RgbArray) -> RgbArray:
    return np.rint(picture.astype(np.float32) / 255 * np.float32(0.5) * 255)
