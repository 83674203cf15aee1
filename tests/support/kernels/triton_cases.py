"""Holds the Triton kernels to PyTorch in Triton's interpreter; prints JSON.

A program of its own, for the interpreter is chosen before a kernel is defined:
`TRITON_INTERPRET=1 python -m tests.support.kernels.triton_cases CASE`, of those at the
end. Each figure is the norm of the error over the norm of the truth, which PyTorch
computes in float32 from the same 16-bit numbers.
"""

import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from model import ModelError, build_network, load_network
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.backends.triton.backend import TritonBackend
from model.backends.triton.forms import Form
from model.backends.triton.kernels.start import run
from model.backends.triton.planning.launches import Launch
from model.backends.triton.planning.pack import Packer, pack
from model.backends.triton.planning.plan import FusedNetwork
from model.backends.triton.planning.steps import Steps
from model.mspfn.attention import ChannelAttentionUnit
from model.mspfn.conv_lstm import ConvLSTM, FirstStep
from model.mspfn.layers import Conv, Down, Up
from model.mspfn.network import MSPFN
from model.mspfn.pyramid import GaussianPyramid
from model.mspfn.variants import variant_named
from tests.support.networks.deferred_device import DeferredDevice

KINDS = {"fp16": torch.float16, "bf16": torch.bfloat16}
SMALL = replace(
    variant_named("mspfn-lite"),
    name="small",
    modules=1,
    width=16,
    head=16,
    recurrent=(16, 16, 16),
    recurrent_inputs=(16, 16, 16),
    strides=1,
)
"""Three scales and all kinds of parts, in little: sides are multiples of 8."""
TINY = replace(SMALL, units=(1,), recurrent=(16,), recurrent_inputs=(16,))


def apart(made: Tensor, truth: Tensor) -> float:
    """Returns the relative error."""
    return float((made.float() - truth).norm() / truth.norm())


def rounded(module: nn.Module, kind: torch.dtype) -> Any:
    """Returns the module with parameters that `kind` holds, in float32."""
    for parameter in module.parameters():
        parameter.data = (parameter.data + 0.05).to(kind).float()
    return module.eval()


def noise(kind: torch.dtype, *shape: int) -> Tensor:
    """Returns features [batch, height, width, channels], negative ones among them."""
    return torch.randn(shape).to(kind)


def seen(features: Tensor) -> Tensor:
    """Returns features as PyTorch's layers take them, in float32."""
    return features.float().permute(0, 3, 1, 2)


def back(picture: Tensor) -> Tensor:
    """Returns what a layer gave, channels last."""
    return picture.permute(0, 2, 3, 1)


def steps() -> dict[str, float]:
    """Every step of the network, on sizes that no tile fits."""
    found: dict[str, float] = {}
    for name, kind in KINDS.items():
        torch.manual_seed(0)
        for case, error in _steps(kind, Steps(run), Packer(kind)):
            found[f"{case}, {name}"] = error
    return found


def _steps(kind: torch.dtype, do: Steps, packer: Packer) -> Any:
    for size in ((9, 19), (8, 16)) if kind == torch.float16 else ((9, 19),):
        x, y = noise(kind, 2, *size, 16), noise(kind, 2, *size, 16)
        joined = torch.cat((seen(x), seen(y)), 1)
        conv = rounded(Conv(32, 16), kind)
        truth = back(conv(joined))
        made = do.convolve(packer.layer(conv, 16), x, y)
        yield f"two inputs {size}", apart(made, truth)
        down = rounded(Down(16, 16, tensorflow=False), kind)
        yield (
            f"stride 2 {size}",
            apart(do.convolve(packer.layer(down), x), back(down(seen(x)))),
        )
        up = rounded(Up(32, 16, tensorflow=False), kind)
        res = noise(kind, 2, 2 * size[0], 2 * size[1], 16)
        truth = back(up(joined))
        summed, raw = do.upsample(packer.up(up, 16), x, y, add_to=res, raw=True)
        yield f"up {size}", apart(raw, truth)
        yield f"up, added {size}", apart(summed, truth + res.float())
        other = rounded(Up(16, 16, tensorflow=False), kind)
        ups = (packer.up(other, 0), packer.up(other, 0))
        truth = back(other(seen(x)) + other(seen(y))) + res.float()
        yield f"climb {size}", apart(do.climb(ups, (x, y), res), truth)
    yield from _others(kind, do, packer)


def _others(kind: torch.dtype, do: Steps, packer: Packer) -> Any:
    x = noise(kind, 2, 9, 19, 16)
    cell = FirstStep(rounded(ConvLSTM(16, 16), kind))
    yield "gates", apart(do.gate(packer.gates(cell.gates), x), back(cell(seen(x))))
    picture = torch.rand(2, 10, 22, 3).to(kind)
    truth = back(GaussianPyramid(2)(seen(picture))[1])
    yield "pyramid", apart(do.halve(picture), truth)
    rain = rounded(nn.Conv2d(16, 3, 3, padding=1, bias=False), kind)
    res = torch.rand(2, 9, 19, 3).to(kind)
    made = do.convolve(packer.conv(rain), x, add_to=res, sign=-1)
    yield "taken from the picture", apart(made, res.float() - back(rain(seen(x))))
    unit = rounded(ChannelAttentionUnit(16), kind)
    up = rounded(Up(16, 16, tensorflow=False), kind)
    attended = do.unit(packer.unit(unit), x)
    made = do.upsample(packer.up(up, 0), x, attended=attended)[0]
    yield "attention", apart(made, back(up(unit(seen(x)))))


_PARTS = ("two inputs", "gates", "taken from the picture", "attention", "its shares")


def boxed() -> dict[str, bool]:
    """Whether windows brought by the copy engine give the same, bit for bit."""
    torch.manual_seed(0)
    kind = torch.float16
    packer, found = Packer(kind), {}
    conv = packer.layer(rounded(Conv(32, 16), kind), 16)
    rain = packer.conv(rounded(nn.Conv2d(16, 3, 3, padding=1, bias=False), kind))
    gates = packer.gates(FirstStep(rounded(ConvLSTM(16, 16), kind)).gates)
    unit = packer.unit(rounded(ChannelAttentionUnit(16), kind))
    for size in ((9, 19), (8, 16)):
        x, y = noise(kind, 2, *size, 16), noise(kind, 2, *size, 16)
        picture = torch.rand(2, *size, 3).to(kind)
        made = []
        for do in (Steps(run), Steps(run, boxed=True)):
            taken = do.convolve(rain, x, add_to=picture, sign=-1)
            parts = (
                do.convolve(conv, x, y),
                do.gate(gates, x),
                taken,
                *do.unit(unit, x),
            )
            made.append(parts)
        for name, a, b in zip(_PARTS, *made, strict=True):
            found[f"{name} {size}"] = torch.equal(a, b)
    return found


class PlayedLanes:
    """Notes what is started in each lane, and does it in an order drawn by lot."""

    def __init__(self) -> None:
        self._lane = 0
        self._work: defaultdict[int, list[Launch | tuple[int, int]]] = defaultdict(list)

    def launch(self, launch: Launch) -> None:
        self._work[self._lane].append(launch)

    @contextmanager
    def on(self, lane: int) -> Iterator[None]:
        before, self._lane = self._lane, lane
        yield
        self._lane = before

    def wait(self, lane: int, other: int) -> None:
        self._work[lane].append((other, len(self._work[other])))

    def play(self, seed: int) -> int:
        """Runs everything; returns how often the lane changed."""
        rng, done, last, changes = random.Random(seed), Counter[int](), 0, 0  # noqa: S311 - a lot, no secret
        while able := [lane for lane in self._work if self._able(lane, done)]:
            lane = rng.choice(able)
            changes, last = changes + (lane != last), lane
            step = self._work[lane][done[lane]]
            if isinstance(step, Launch):
                run(step)
            done[lane] += 1
        assert all(done[lane] == len(steps) for lane, steps in self._work.items())
        return changes

    def _able(self, lane: int, done: Counter[int]) -> bool:
        if done[lane] == len(self._work[lane]):
            return False
        step = self._work[lane][done[lane]]
        return isinstance(step, Launch) or done[step[0]] >= step[1]


@torch.inference_mode()
def lanes() -> dict[str, Any]:
    """Scales side by side, in any order that their waits allow."""
    torch.manual_seed(0)
    variant = replace(SMALL, modules=2)
    net = cast(MSPFN, build_network(variant)).eval()
    packed, picture = pack(net, torch.float16), torch.rand(1, 3, 16, 16).half()
    expected = FusedNetwork(packed, variant.multiple, run)(picture)
    changes, equal = [], []
    for seed in range(2):
        played = PlayedLanes()
        fused = FusedNetwork(
            packed, variant.multiple, played.launch, Form(order="lanes"), lanes=played
        )
        made = fused(picture)
        changes.append(played.play(seed))
        equal.append(torch.equal(made, expected))
    return {"changes": changes, "equal": equal}


@torch.inference_mode()
def network() -> dict[str, Any]:
    """A small network as a whole: odd and even sizes, both orders.

    In float32 the rain itself is compared; 16 bits round the picture more coarsely.
    """
    torch.manual_seed(0)
    net = cast(MSPFN, build_network(SMALL)).eval()
    odd, even = torch.rand(1, 3, 17, 23), torch.rand(1, 3, 16, 16)
    exact = FusedNetwork(pack(net, torch.float32), SMALL.multiple, run)
    packed = pack(net, torch.bfloat16)
    fused = FusedNetwork(packed, SMALL.multiple, run)
    other = FusedNetwork(packed, SMALL.multiple, run, Form(order="scales"))
    made = fused(even.bfloat16())
    return {
        "rain": apart(odd - exact(odd), odd - net(odd)),
        "bf16": apart(made, net(even)),
        "orders are equal": torch.equal(other(even.bfloat16()), made),
    }


@torch.inference_mode()
def lite() -> dict[str, Any]:
    """The light network with its shipped weights, all five modules."""
    net, _ = load_network("mspfn-lite")
    torch.manual_seed(0)
    picture = torch.rand(1, 3, 16, 16)
    fused = FusedNetwork(pack(cast(MSPFN, net), torch.float16), 16, run)
    made, truth = fused(picture.half()).float(), net(picture)
    error = float(((made - truth) ** 2).mean())
    return {"decibels": -10 * float(np.log10(error))}


def _form(name: str) -> TritonBackend:
    torch.manual_seed(0)
    return TritonBackend(
        build_network(TINY).eval(),
        TINY.multiple,
        device=DeferredDevice(),
        precision="fp16",
        kernels=ReferenceKernels(),
        name=name,
    )


def backend() -> dict[str, Any]:
    """Pictures in one batch, and one of them alone, through the backend."""
    backend = _form("triton")
    torch.manual_seed(0)
    net = build_network(TINY).eval()
    rng = np.random.default_rng(0)
    pictures = list(rng.integers(0, 256, (2, 17, 16, 3)).astype(np.uint8))
    outs = [np.zeros_like(picture) for picture in pictures]
    backend.start_many(pictures, outs).wait()
    alone = np.zeros_like(pictures[1])
    backend.start(pictures[1], alone).wait()
    x = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255
    with torch.inference_mode():
        truth = net(x).clamp(0, 1).permute(0, 2, 3, 1).numpy() * 255
    backend.close()
    forms = [_form(name) for name in ("triton-scales", "triton-boxed")]
    for one in forms:
        one.check((16, 16))
    wrong = _form("triton-scales")
    wrong._network = lambda x: x
    told = ""
    try:
        wrong.check((16, 16))
    except ModelError as error:
        told = str(error)
    return {
        "forms": [one.backend for one in forms],
        "of a wrong form": told,
        "batch": backend.batch,
        "levels apart": float(np.abs(np.stack(outs) - truth).max()),
        "alone as in the batch": bool((alone == outs[1]).all()),
        "called": backend.backend,
    }


CASES: dict[str, Callable[[], dict[str, Any]]] = {
    "steps": torch.inference_mode()(steps),
    "boxed": torch.inference_mode()(boxed),
    "lanes": lanes,
    "network": network,
    "lite": lite,
    "backend": backend,
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.stdout.write(json.dumps(CASES[sys.argv[1]]()))
