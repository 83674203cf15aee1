"""The network's layers written in other ways that give the same: which are faster here?

Each form against the network as it is, in turn in one process on one core, so that load
from outside meets both. `python -m benchmarks.network.bench_forms --json` writes
benchmarks/results/forms.json.
"""

import argparse
import copy
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.support.measure import RESULTS, document, save, spread
from model import load_network
from model.mspfn.layers import Up

MODEL = "mspfn-lite"


class _TwoConvolutions(nn.Module):
    """conv(cat(a, b)) as conv(a) + conv(b), of a `Conv` or an `Up`."""

    def __init__(self, layer: Any, width: int) -> None:
        super().__init__()
        self.up = isinstance(layer, Up)
        axis = 0 if self.up else 1
        first, second = layer.conv.weight.detach().tensor_split([width], dim=axis)
        self.first = nn.Parameter(first.contiguous(), requires_grad=False)
        self.second = nn.Parameter(second.contiguous(), requires_grad=False)
        self.act = layer.act

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.act(self._half(x, self.first) + self._half(y, self.second))

    def _half(self, x: Tensor, kernel: Tensor) -> Tensor:
        if self.up:
            return F.conv_transpose2d(x, kernel, None, 2, 1, output_padding=1)
        return F.conv2d(x, kernel, padding=1)


class _FourConvolutions(nn.Module):
    """A transposed convolution as one for each of four pixels, then shuffled."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        weight = layer.conv.weight.detach().transpose(0, 1)  # [out, in, 3, 3]
        kernel = weight.new_zeros(weight.shape[0], 4, weight.shape[1], 2, 2)
        # Even outputs see one input through the middle, odd ones two through the ends.
        taps: tuple[tuple[tuple[int, int], ...], ...] = (((0, 1),), ((0, 2), (1, 0)))
        for row in (0, 1):
            for column in (0, 1):
                for down, top in taps[row]:
                    for right, left in taps[column]:
                        pixel = kernel[:, 2 * row + column]
                        pixel[:, :, down, right] = weight[:, :, top, left]
        self.kernel = nn.Parameter(kernel.flatten(0, 1), requires_grad=False)
        self.act = layer.act

    def forward(self, x: Tensor) -> Tensor:
        pixels = F.conv2d(F.pad(x, (0, 1, 0, 1)), self.kernel)
        return self.act(F.pixel_shuffle(pixels, 2))


class _Slope(nn.Module):
    """PReLU as x + (slope - 1) min(x, 0)."""

    def __init__(self, act: nn.PReLU) -> None:
        super().__init__()
        less = (act.weight.detach() - 1)[None, :, None, None]
        self.less = nn.Parameter(less, requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        return torch.addcmul(x, x.clamp(max=0), self.less)


def without_concatenation(network: Any) -> Any:
    """Two convolutions add where one took two maps laid together."""
    network = copy.deepcopy(network)
    width = network.variant.width
    for module in network.fine:
        for block in module.blocks:
            block.up = nn.ModuleList(_TwoConvolutions(up, width) for up in block.up)
            block.forward = MethodType(_block_forward, block)
    last = network.reconstruction
    last.join = nn.ModuleList(_TwoConvolutions(conv, width) for conv in last.join)
    last.up[0] = _TwoConvolutions(last.up[0], width)
    last.head = _TwoConvolutions(last.head, width)
    last.forward = MethodType(_reconstruction_forward, last)
    return network


def _block_forward(block: Any, x: Tensor) -> Tensor:
    skips = []
    for down in block.down:
        x = down(x)
        skips.append(x)
    x = block.units(x)
    for up, skip in zip(block.up, reversed(skips), strict=True):
        x = up(x, skip)
    return x


def _reconstruction_forward(last: Any, fine: Any, coarse: Any) -> Tensor:
    pairs = zip(last.join, fine, coarse, strict=True)
    full, half, quarter = (join(f, c) for join, f, c in pairs)
    return last.rain(last.head(full, last.up[0](half, last.up[1](quarter))))


def with_replaced(network: Any, kind: type, form: Callable[[Any], nn.Module]) -> Any:
    """Returns a copy with every layer of a kind in another form."""
    network = copy.deepcopy(network)
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, kind):
                module.register_module(name, form(child))
    return network


def forms_of(network: Any) -> dict[str, Any]:
    """Returns the network and its other forms, by name."""
    return {
        "as_it_is": network,
        "two_convolutions_for_a_concatenation": without_concatenation(network),
        "four_convolutions_for_a_transposed_one": with_replaced(
            network, Up, _FourConvolutions
        ),
        "prelu_as_a_sum": with_replaced(network, nn.PReLU, _Slope),
    }


def in_torch(network: Any, picture: Tensor, dtype: torch.dtype) -> Callable[[], Any]:
    """Returns what runs a form in PyTorch, channels last."""
    ready = copy.deepcopy(network).to(dtype, memory_format=torch.channels_last)
    x = picture.to(dtype, memory_format=torch.channels_last)
    return lambda: ready(x)


def in_openvino(network: Any, picture: Tensor, precision: str) -> Callable[[], Any]:
    """Returns what runs a form in OpenVINO on one core."""
    import openvino as ov

    traced = torch.jit.trace(network, picture, check_trace=False)  # type: ignore[no-untyped-call]
    model = ov.convert_model(traced, example_input=picture)
    model.reshape(list(picture.shape))
    how = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": "1"}
    request = ov.Core().compile_model(model, "CPU", how).create_infer_request()
    return lambda: request.infer([picture.numpy()])


ENGINES: dict[str, Callable[[Any, Tensor], Callable[[], Any]]] = {
    "torch_fp32": lambda network, x: in_torch(network, x, torch.float32),
    "torch_bf16": lambda network, x: in_torch(network, x, torch.bfloat16),
    "openvino_fp32": lambda network, x: in_openvino(network, x, "f32"),
    "openvino_bf16": lambda network, x: in_openvino(network, x, "bf16"),
}


@torch.inference_mode()
def compared(
    engine: str, size: tuple[int, int], rounds: int
) -> dict[str, dict[str, Any]]:
    """Returns each form's processor time over that of the network as it is."""
    network, _ = load_network(MODEL)
    picture = torch.rand(1, 3, *reversed(size))
    ready = {
        name: ENGINES[engine](form, picture) for name, form in forms_of(network).items()
    }
    times: dict[str, list[float]] = {name: [] for name in ready}
    for round_number in range(rounds + 1):
        for name, run in ready.items():
            before = time.process_time()
            run()
            if round_number:  # the first warms up
                times[name].append(time.process_time() - before)
    base = times.pop("as_it_is")
    sys.stderr.write(f"{engine}: {1000 * statistics.median(base):.0f} ms as it is\n")
    return {
        "as_it_is": {"ms": round(1000 * statistics.median(base), 2)},
        **{
            name: {"ratio": spread([a / b for a, b in zip(took, base, strict=True)])}
            for name, took in times.items()
        },
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Compares all forms in all engines."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--engines", default=",".join(ENGINES))
    options.add_argument("--width", type=int, default=640)
    options.add_argument("--height", type=int, default=384)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--json", action="store_true", help="write the results")
    given = options.parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    size = (given.width, given.height)
    results = {
        engine: compared(engine, size, given.rounds)
        for engine in given.engines.split(",")
    }
    whole = document("forms", {**vars(given), "model": MODEL, "seed": 0}, results)
    sys.stdout.write(json.dumps(whole, indent=2) + "\n")
    if given.json:
        save(whole, RESULTS / "forms.json")


if __name__ == "__main__":
    main()
