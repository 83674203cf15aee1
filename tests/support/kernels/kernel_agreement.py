"""Holds colour kernels to their definition, bit for bit, wherever they run."""

import itertools
from typing import Any

import numpy as np
import torch

from model.backends.cuda.reference_kernels import ReferenceKernels
from model.pictures.planes import PlaneForm, Planes, host_array

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
