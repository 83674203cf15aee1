"""Runs the text of the CUDA kernels on the CPU: compiled as C++, the grid as loops."""

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from model.backends.cuda.kernels import NAMES, SOURCE, Argument, PlaneKernels
from tests.support.patience import PATIENCE_SECONDS

_SHIM = Path(__file__).with_name("kernel_shim.h")
_BLOCK = (32, 8)


class HostKernels(PlaneKernels):
    """The launches of the device, with the kernels of a shared library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library

    def _launch(
        self, name: str, size: tuple[int, int], arguments: tuple[Argument, ...]
    ) -> None:
        height, width = size
        grid = (-(-width // _BLOCK[0]), -(-height // _BLOCK[1]))
        values = [_c_value(argument) for argument in arguments]
        self._library[f"run_{name}"](*grid, *_BLOCK, *values)


def _c_value(value: Argument) -> object:
    kinds = {"i": ctypes.c_int, "q": ctypes.c_longlong, "l": ctypes.c_longlong}
    if isinstance(value, np.float32):
        return ctypes.c_float(float(value))
    if isinstance(value, np.uint64):
        return ctypes.c_void_p(int(value))
    return kinds[np.dtype(type(value)).char](int(value))


def built_for_the_host(folder: Path) -> HostKernels:
    """Compiles the kernels as C++; skips the test where there is no compiler."""
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("NOT CHECKED: the kernels' text; no C++ compiler on this machine")
    text = f'#include "{_SHIM}"\n#include "{SOURCE}"\n'
    text += "".join(_loop(name) for name in NAMES)
    (folder / "kernels.cpp").write_text(text)
    command = [
        compiler,
        *("-O1", "-std=c++14", "-ffp-contract=off", "-shared", "-fPIC"),
        *(str(folder / "kernels.cpp"), "-o", str(folder / "kernels.so")),
    ]
    subprocess.run(
        command, check=True, capture_output=True, timeout=4 * PATIENCE_SECONDS
    )
    return HostKernels(ctypes.CDLL(str(folder / "kernels.so")))


def _loop(name: str) -> str:
    found = re.search(rf"void {name}\(([^)]*)\)", SOURCE.read_text())
    assert found, name
    names = ", ".join(part.split()[-1] for part in found[1].split(","))
    return f"""
extern "C" void run_{name}(int across, int down, int wide_, int high_, {found[1]}) {{
    blockDim = {{wide_, high_}};
    for (int n = 0; n < across * down; ++n)
        for (int m = 0; m < wide_ * high_; ++m) {{
            blockIdx = {{n % across, n / across}};
            threadIdx = {{m % wide_, m / wide_}};
            {name}({names});
        }}
}}
"""
