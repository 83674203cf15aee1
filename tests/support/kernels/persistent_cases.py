"""Holds blocks in one launch to those of a launch for each layer; prints JSON.

As `triton_cases`: `TRITON_INTERPRET=1 python -m tests.support.kernels.persistent_cases
CASE`, of those at the end. The interpreter runs programs one after the other, which is
right for one of them; `Together` runs several as processes that share their tensors,
so that they do meet.
"""

import json
import multiprocessing
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import torch
from torch import Tensor
from triton.runtime import interpreter

from model import build_network
from model.backends.triton.forms import FORMS
from model.backends.triton.kernels.start import run
from model.backends.triton.planning.launches import Launch
from model.backends.triton.planning.pack import PackedBlock, Packer, pack
from model.backends.triton.planning.persistent import PersistentBlocks
from model.backends.triton.planning.plan import FusedNetwork
from model.backends.triton.planning.steps import Steps
from model.mspfn.attention import Block
from model.mspfn.layers import Up
from model.mspfn.network import MSPFN
from tests.support.kernels.triton_cases import (
    KINDS,
    SMALL,
    apart,
    back,
    noise,
    rounded,
    seen,
)

PROGRAMS = 3


class Together:
    """Starts a launch's programs as processes, all of which are alive at once."""

    def __init__(self) -> None:
        self.grids: list[int] = []

    def __call__(self, launch: Launch) -> None:
        if not launch.cooperative:
            run(launch)
            return
        for tensor in launch.tensors.values():
            tensor.share_memory_()  # type: ignore[no-untyped-call]  # no stub
        self.grids.append(launch.grid[0])
        fork = multiprocessing.get_context("fork")
        programs = [
            fork.Process(target=_one_program, args=(launch, number))
            for number in range(launch.grid[0])
        ]
        for program in programs:
            program.start()
        for program in programs:
            program.join()
        if any(program.exitcode for program in programs):
            raise RuntimeError(f"{[program.exitcode for program in programs]}")


def _one_program(launch: Launch, number: int) -> None:
    """Runs program `number` of the launch's grid, and no other, in this process."""
    build: Any = interpreter.interpreter_builder
    dim, place = build.set_grid_dim, build.set_grid_idx
    build.set_grid_dim = lambda *_: dim(*launch.grid, 1)
    build.set_grid_idx = lambda *_: place(number, 0, 0)
    # It would copy each tensor onto itself, over what others store meanwhile.
    executor: Any = interpreter.GridExecutor
    executor._restore_args_dev = lambda *_: None
    run(replace(launch, grid=(1, 1)))


def _block(kind: torch.dtype) -> tuple[Block, PackedBlock]:
    block = rounded(Block(16, 1, 2, False), kind)
    return block, Packer(kind)._block(block)


def _by_layers(
    packed: PackedBlock, up: Any, features: Tensor, below: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    do = Steps(run)
    alone = do.block(packed, features, features)
    climbed, raw = do.upsample(up, below, add_to=features, raw=True)
    return alone, do.block(packed, climbed, features), raw


def blocks() -> dict[str, Any]:
    """One block, with and without what comes from below, one program and three."""
    found: dict[str, Any] = {}
    for (name, kind), size in zip(KINDS.items(), ((12, 20), (8, 16)), strict=True):
        found |= _of_size(f"{name} {size}", kind, size)
    return found


def _of_size(name: str, kind: torch.dtype, size: tuple[int, int]) -> dict[str, Any]:
    torch.manual_seed(0)
    block, packed = _block(kind)
    up = Packer(kind).up(rounded(Up(16, 16, tensorflow=False), kind), 0)
    features = noise(kind, 2, *size, 16)
    below = noise(kind, 2, size[0] // 2, size[1] // 2, 16)
    expected = _by_layers(packed, up, features, below)
    truth = features.float() + back(block(seen(features)))
    found: dict[str, Any] = {f"to PyTorch, {name}": apart(expected[0], truth)}
    together = Together()
    launchers: dict[int, Callable[[Launch], None]] = {PROGRAMS: together}
    if kind == torch.float16:
        launchers[1] = run
    for programs, launch in launchers.items():
        do = PersistentBlocks(launch, programs, features, 2)
        alone = do.block(packed, features)
        made, raw = do.climbed(packed, features, up, below)
        pairs = zip((alone, made, raw), expected, strict=True)
        found[f"{programs} programs, {name}"] = all(
            torch.equal(*pair) for pair in pairs
        )
    found[f"grids, {name}"] = together.grids
    return found


def network() -> dict[str, Any]:
    """A small network whose two coarser scales are such blocks, on an odd size."""
    torch.manual_seed(0)
    variant = replace(SMALL, strides=2)
    net = cast(MSPFN, build_network(variant)).eval()
    packed = pack(net, torch.float16)
    picture = torch.rand(1, 3, 15, 13).half()
    noted: list[Launch] = []

    def noting(launch: Launch) -> None:
        noted.append(launch)
        run(launch)

    expected = FusedNetwork(packed, variant.multiple, noting)(picture)
    plain = len(noted)
    noted.clear()
    form = FORMS["triton-persistent-half"]  # what the other does is part of it
    made = FusedNetwork(packed, variant.multiple, noting, form)(picture)
    equal = torch.equal(made, expected)
    return {"equal": equal, "launches": plain, "launches less": plain - len(noted)}


CASES: dict[str, Callable[[], dict[str, Any]]] = {
    "blocks": torch.inference_mode()(blocks),
    "network": torch.inference_mode()(network),
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.stdout.write(json.dumps(CASES[sys.argv[1]]()))
