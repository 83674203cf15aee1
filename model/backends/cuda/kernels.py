"""The kernels in `kernels.cu` on a CUDA device; `reference_kernels.py` defines them.

Compiled at run time through cupy, and launched on the stream that PyTorch works on.
"""

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from model.errors import ModelError
from model.pictures.planes import PlaneForm, Planes, checked_planes

SOURCE = Path(__file__).with_name("kernels.cu")
OPTIONS = ("--fmad=false",)
"""A fused multiply-add rounds once where the definition rounds twice."""
_BLOCK = (32, 8)
_KINDS = {torch.float32: 0, torch.float16: 1, torch.bfloat16: 2}
_WIDE = (torch.uint16, torch.int16)

Argument = int | np.int32 | np.int64 | np.uint64 | np.float32


class PlaneKernels:
    """Launches the kernels on PyTorch's current stream; nothing here waits."""

    def __init__(self) -> None:
        """Compiles for the current device, or takes what cupy keeps of it.

        Raises:
            ModelError: cupy is missing.
        """
        self._cupy = _cupy()
        self._module = self._cupy.RawModule(code=SOURCE.read_text(), options=OPTIONS)
        self._kernels = {name: self._module.get_function(name) for name in NAMES}

    def planes_to_network(
        self, planes: Planes, form: PlaneForm, x: torch.Tensor
    ) -> None:
        """Fills `x` [3, padded height, padded width] of any float type."""
        self._launch("planes_to_network", *planes_to_network_call(planes, form, x))

    def network_to_planes(self, y: torch.Tensor, form: PlaneForm, out: Planes) -> None:
        """Fills `out` from `y`, whose padding is left out."""
        self._launch("network_to_planes", *network_to_planes_call(y, form, out))

    def pixels_to_network(self, picture: torch.Tensor, x: torch.Tensor) -> None:
        """Fills `x` from packed RGB [height, width, 3], uint8 or uint16."""
        self._launch("pixels_to_network", *pixels_to_network_call(picture, x))

    def network_to_pixels(self, y: torch.Tensor, out: torch.Tensor) -> None:
        """Fills packed RGB from `y`, whose padding is left out."""
        self._launch("network_to_pixels", *network_to_pixels_call(y, out))

    def _launch(
        self, name: str, size: tuple[int, int], arguments: tuple[Argument, ...]
    ) -> None:
        height, width = size
        grid = (-(-width // _BLOCK[0]), -(-height // _BLOCK[1]))
        with _external(self._cupy, torch.cuda.current_stream().cuda_stream):
            self._kernels[name](grid, _BLOCK, arguments)


NAMES = (
    "planes_to_network",
    "network_to_planes",
    "pixels_to_network",
    "network_to_pixels",
)
Call = tuple[tuple[int, int], tuple[Argument, ...]]
"""Height and width of the grid of threads, and the arguments of a kernel."""


def planes_to_network_call(planes: Planes, form: PlaneForm, x: torch.Tensor) -> Call:
    """Returns the call that fills `x` from `planes`."""
    how = form.coefficients
    height, width = x.shape[1], x.shape[2]
    arguments = (
        *_planes(planes, form),
        *_ints(planes.height, planes.width, height, width),
        *_ints(how.luma_offset, how.chroma_offset),
        how.luma_scale,
        how.red_of_cr,
        how.green_of_cb,
        how.green_of_cr,
        how.blue_of_cb,
        _address(x),
        *_layout(x),
    )
    return (height, width), arguments


def network_to_planes_call(y: torch.Tensor, form: PlaneForm, out: Planes) -> Call:
    """Returns the call that fills `out` from `y`."""
    how = form.coefficients
    size = ((out.height + 1) // 2, (out.width + 1) // 2)
    arguments = (
        _address(y),
        *_layout(y),
        *_planes(out, form),
        *_ints(out.height, out.width, how.luma_offset, how.chroma_offset),
        how.share_red,
        how.share_green,
        how.share_blue,
        how.luma_span,
        how.cb_scale,
        how.cr_scale,
        *_ints(how.peak),
    )
    return size, arguments


def pixels_to_network_call(picture: torch.Tensor, x: torch.Tensor) -> Call:
    """Returns the call that fills `x` from a packed picture."""
    size = (int(x.shape[1]), int(x.shape[2]))
    own = _ints(picture.dtype in _WIDE, picture.shape[0], picture.shape[1], *size)
    return size, (_address(picture), *own, _address(x), *_layout(x))


def network_to_pixels_call(y: torch.Tensor, out: torch.Tensor) -> Call:
    """Returns the call that fills a packed picture from `y`."""
    size = (int(out.shape[0]), int(out.shape[1]))
    own = _ints(out.dtype in _WIDE, *size)
    return size, (_address(y), *_layout(y), _address(out), *own)


def _planes(planes: Planes, form: PlaneForm) -> tuple[Argument, ...]:
    checked_planes(planes)
    luma, cb, cr = planes.luma, planes.cb, planes.cr
    right, below = form.phase
    return (
        _address(luma),
        _address(cb),
        _address(cr),
        np.int64(luma.stride(0)),
        np.int64(cb.stride(0)),
        *_ints(cb.stride(1), luma.dtype in _WIDE, form.shift, right, below),
    )


def _layout(x: torch.Tensor) -> tuple[Argument, ...]:
    return (np.int32(_KINDS[x.dtype]), *(np.int64(step) for step in x.stride()))


def _address(x: torch.Tensor) -> np.uint64:
    return np.uint64(x.data_ptr())


def _ints(*values: int) -> tuple[np.int32, ...]:
    return tuple(np.int32(value) for value in values)


@cache
def _external(cupy: ModuleType, pointer: int) -> Any:
    """Returns PyTorch's stream as cupy's; `with` makes it cupy's current one."""
    return cupy.cuda.Stream.from_external(_TorchStream(pointer))


class _TorchStream:
    """A stream as cupy 14 takes it from others; not all releases of PyTorch say it."""

    def __init__(self, pointer: int) -> None:
        self._pointer = pointer

    def __cuda_stream__(self) -> tuple[int, int]:
        """Returns version 0 of the protocol, and the stream's address."""
        return 0, self._pointer


def _cupy() -> ModuleType:
    try:
        import cupy  # only for CUDA: the extra `gpu`
    except ImportError as error:
        raise ModelError(
            f"A CUDA device needs cupy: pip install 'derain[gpu]' ({error})."
        ) from None
    return cupy
