"""Holds the Triton kernels to PyTorch in Triton's interpreter; prints JSON.

A program of its own, for the interpreter is chosen before a kernel is defined:
`TRITON_INTERPRET=1 python -m tests.support.networks.triton_cases
steps|network|lite|backend`. Each figure is the norm of the error over the norm of the
truth, which PyTorch computes in float32 from the same 16-bit numbers.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from model import build_network, load_network
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.backends.triton.backend import TritonBackend
from model.backends.triton.kernels import run
from model.backends.triton.pack import Packer, pack
from model.backends.triton.plan import FusedNetwork
from model.backends.triton.steps import Steps
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
    other = FusedNetwork(packed, SMALL.multiple, run, order="scales")
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


def backend() -> dict[str, Any]:
    """Pictures in one batch, and one of them alone, through the backend."""
    torch.manual_seed(0)
    net = build_network(TINY).eval()
    backend = TritonBackend(
        net,
        TINY.multiple,
        device=DeferredDevice(),
        precision="fp16",
        kernels=ReferenceKernels(),
    )
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
    return {
        "batch": backend.batch,
        "levels apart": float(np.abs(np.stack(outs) - truth).max()),
        "alone as in the batch": bool((alone == outs[1]).all()),
        "called": backend.backend,
    }


CASES: dict[str, Callable[[], dict[str, Any]]] = {
    "steps": torch.inference_mode()(steps),
    "network": network,
    "lite": lite,
    "backend": backend,
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.stdout.write(json.dumps(CASES[sys.argv[1]]()))
