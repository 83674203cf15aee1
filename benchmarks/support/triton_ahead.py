"""The Triton kernels without a GPU: their forms, compiled, and what they move.

`triton.compile` takes a target that is not here, down to the machine code: what a
kernel needs of registers and shared memory is known before any card has seen it.
"""

import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import torch

from model import build_network
from model.backends.triton.forms import Form
from model.backends.triton.planning.launches import Launch
from model.backends.triton.planning.pack import pack
from model.backends.triton.planning.persistent import PER_MULTIPROCESSOR
from model.backends.triton.planning.plan import FusedNetwork
from model.mspfn.network import MSPFN

KINDS = {
    torch.float16: "*fp16",
    torch.bfloat16: "*bf16",
    torch.float32: "*fp32",
    torch.int32: "*i32",
}

_MULTIPROCESSORS = 132
"""Of an H100; with fewer a launch of many layers has fewer programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a compiled kernel takes of a multiprocessor."""

    registers: int
    """Of a thread; 255 at most."""
    stack_bytes: int
    """Of a thread: what did not fit its registers."""
    shared_bytes: int
    """Of a program."""


def launches_of(
    model: str,
    size: tuple[int, int],
    kind: torch.dtype,
    form: Form | None = None,
) -> list[Launch]:
    """Returns what a picture of [height, width] starts on an H100, not starting it."""
    network = cast(MSPFN, build_network(model))
    noted: list[Launch] = []
    packed = pack(network, kind)
    multiple = network.variant.multiple
    programs = PER_MULTIPROCESSOR * _MULTIPROCESSORS
    fused = FusedNetwork(packed, multiple, noted.append, form, programs=programs)
    with torch.inference_mode():
        fused(torch.empty(1, 3, *size, dtype=kind, device="meta"))
    return noted


def bytes_of(launch: Launch) -> int:
    """Returns the bytes of all that a launch reads and writes, each once.

    What a form does not use is given by some tensor that it does use, so counting each
    tensor once leaves it out.
    """
    distinct = {id(one): one for one in launch.tensors.values()}
    return sum(one.numel() * one.element_size() for one in distinct.values())


def forms_of(launches: list[Launch]) -> list[tuple[Launch, int]]:
    """Returns one launch of each compiled form, and how often it occurs."""
    counts = Counter(launch.form for launch in launches)
    first = {launch.form: launch for launch in reversed(launches)}
    return [(first[form], count) for form, count in counts.items()]


def compiled(launch: Launch, capability: int) -> Resources:
    """Compiles a launch's kernel for `sm_<capability>` and reads what it takes.

    Raises:
        triton.errors.TritonError: It does not compile.
    """
    from model.backends.triton.kernels.start import KERNELS

    return compiled_kernel(KERNELS[launch.kernel], launch, capability)


def compiled_kernel(kernel: Any, launch: Launch, capability: int) -> Resources:
    """Compiles a kernel for `sm_<capability>`, in the form that a launch has.

    Raises:
        triton.errors.TritonError: It does not compile.
    """
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    signature = {name: KINDS[one.dtype] for name, one in launch.tensors.items()}
    for name, sides in launch.boxes.items():
        signature[name] = f"tensordesc<{signature[name][1:]}{list(sides)}>"
    signature |= dict.fromkeys(launch.sizes, "i32")
    signature |= dict.fromkeys(launch.constants, "constexpr")
    ordered = {name: signature[name] for name in kernel.arg_names}
    places = {name: (number,) for number, name in enumerate(kernel.arg_names)}
    source = ASTSource(
        kernel,
        ordered,
        constexprs={places[name]: value for name, value in launch.constants.items()},
        attrs={
            places[name]: [["tt.divisibility", 16]]
            for name in launch.tensors
            if name not in launch.boxes
        },
    )
    target = GPUTarget("cuda", capability, 32)
    options = {"num_warps": launch.warps, "enable_fp_fusion": True}
    if launch.cooperative:
        options["launch_cooperative_grid"] = True
    made: Any = triton.compile(source, target, options)
    registers, stack = _usage(made.asm["cubin"])
    return Resources(
        registers=registers,
        stack_bytes=stack,
        shared_bytes=int(made.metadata.shared),
    )


def _usage(cubin: bytes) -> tuple[int, int]:
    """Returns registers and bytes of stack, by the tool that Triton brings along."""
    import triton

    tool = Path(triton.__file__).parent / "backends/nvidia/bin/cuobjdump"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "kernel.cubin"
        path.write_bytes(cubin)
        told = subprocess.run(  # noqa: S603 - Triton's own program
            [tool, "-res-usage", path], capture_output=True, text=True, check=True
        ).stdout
    found = re.search(r"REG:(\d+) STACK:(\d+)", told)
    if found is None:
        raise RuntimeError(f"cuobjdump told no registers: {told.strip()[-200:]}")
    return int(found[1]), int(found[2])
