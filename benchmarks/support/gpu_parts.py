"""The parts of `bench_gpu`: each measures one thing and returns it as plain values."""

import time
import tracemalloc
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from benchmarks.support.gpu_subjects import (
    DEFAULT,
    DTYPES,
    NV12,
    Size,
    Subject,
    network_of,
    network_room,
    put,
    shipped,
    some_planes,
    variant_of,
)
from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.cost import cost_of
from model.planes import PlaneForm, Planes

Found = dict[str, Any]
_FORMS = {
    "bt601 limited": PlaneForm(matrix=5, full_range=False),
    "bt709 full, centre": PlaneForm(matrix=1, full_range=True, chroma_location=2),
    "bt2020 limited, top left": PlaneForm(
        matrix=9, full_range=False, chroma_location=3
    ),
}


def kernels(on: Subject) -> Found:
    """Holds the kernels to their definition, and times them."""
    found: Found = {"equal to the definition": _kernels_agree(on)}
    for name, size in on.sizes.items():
        planes = put(some_planes(size), on.device)
        x = network_room(size, 32, DTYPES[on.precisions[0]], on.device)[0]
        out = put(some_planes(size), on.device)
        run = on.kernels()
        there = on.seconds_of(
            partial(run.planes_to_network, planes, NV12, x), on.rounds
        )
        back = on.seconds_of(partial(run.network_to_planes, x, NV12, out), on.rounds)
        found[name] = {"to_network_us": there * 1e6, "to_planes_us": back * 1e6}
    return found


def _kernels_agree(on: Subject) -> dict[str, bool]:
    run, twin, agree = on.kernels(), ReferenceKernels(), {}
    for name, form in _FORMS.items():
        for precision in on.precisions:
            planes = some_planes((66, 50))
            x = network_room((66, 50), 8, DTYPES[precision], on.device)[0]
            expected = x.cpu()
            run.planes_to_network(put(planes, on.device), form, x)
            twin.planes_to_network(planes, form, expected)
            agree[f"{name}, {precision}"] = torch.equal(x.cpu(), expected)
    return agree


def fidelity(on: Subject) -> Found:
    """PSNR of every shipped network's output against PyTorch in fp32, in dB."""
    size = on.sizes.get("720p", (64, 48))
    rng = np.random.default_rng(0)
    coarse = rng.integers(30, 220, (size[1] // 8 + 1, size[0] // 8 + 1, 3))
    picture = np.kron(coarse, np.ones((8, 8, 1)))[: size[1], : size[0]]
    picture = np.ascontiguousarray(picture.astype(np.uint8))
    return {
        model: {
            precision: round(_psnr(on, model, precision, picture), 2)
            for precision in on.precisions
        }
        for model in shipped()
    }


@torch.inference_mode()
def _psnr(
    on: Subject, model: str, precision: str, picture: np.ndarray[Any, Any]
) -> float:
    network = network_of(model).to(on.device)
    x = torch.from_numpy(picture).to(on.device).permute(2, 0, 1)[None].float() / 255
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        truth = (network(x).clamp(0, 1) * 255)[0].permute(1, 2, 0).cpu().numpy()
    out = np.empty_like(picture)
    backend = on.backend(model, precision)
    backend.start(picture, out).wait()
    backend.close()
    error = float(((out - truth.round()) ** 2).mean())
    return 10 * float(np.log10(255**2 / max(error, 1e-9)))


def network_alone(on: Subject) -> Found:
    """Frames a second of the bare networks: launched one by one, and as one graph."""
    found: Found = {}
    for model in shipped():
        for name, size in on.sizes.items():
            for precision in on.precisions:
                for way, graphs in (("eager", False), ("graph", True)):
                    key = f"{model} {name} {precision} {way}"
                    found[key] = _bare(on, model, size, precision, graphs=graphs)
    return found


def compiled(on: Subject) -> Found:
    """The same after `torch.compile`, as a graph, for the default network."""
    found: Found = {}
    for name, size in reversed(on.sizes.items()):
        key = f"{DEFAULT} {name} {on.precisions[0]}"
        found[key] = _bare(on, DEFAULT, size, on.precisions[0], compile_it=not on.dry)
    return found


@torch.inference_mode()
def _bare(
    on: Subject,
    model: str,
    size: Size,
    precision: str,
    *,
    graphs: bool = True,
    compile_it: bool = False,
) -> Found:
    network: Any = network_of(model).to(on.device, DTYPES[precision])
    network.to(memory_format=torch.channels_last)
    if compile_it:
        network = torch.compile(network, dynamic=False)
    x = network_room(size, variant_of(model).multiple, DTYPES[precision], on.device)
    there = on.there(graphs=graphs)
    with torch.backends.cudnn.flags(
        enabled=True, benchmark=True, allow_tf32=precision != "fp32"
    ):
        replay = there.captured(there.stream(), lambda: network(x))
        seconds = on.seconds_of(replay, on.rounds)
    return {"ms": round(seconds * 1000, 4), "fps": round(1 / seconds, 2)}


def overlapped(on: Subject) -> Found:
    """Frames a second of the backend with colours and copies, three at once."""
    return {
        name: round(flow(on.backend(), size, on.rounds * 3), 2)
        for name, size in on.sizes.items()
    }


def flow(backend: CudaBackend, size: Size, count: int) -> float:
    """Returns pictures a second, from planes of the host into planes of the host."""
    planes, outs = some_planes(size), [some_planes(size, n) for n in range(4)]
    flying: deque[Any] = deque()
    for _ in range(5):
        backend.start_planes(planes, NV12, outs[0], NV12).wait()
    begun = time.perf_counter()
    for number in range(count):
        if len(flying) == backend.slots:
            flying.popleft().wait()
        flying.append(backend.start_planes(planes, NV12, outs[number % 4], NV12))
    for pending in flying:
        pending.wait()
    seconds = time.perf_counter() - begun
    backend.close()
    return count / seconds


def floor(on: Subject) -> Found:
    """What the machine can do at most, and what that makes of the network's work."""
    side, kind = (256, torch.float32) if on.dry else (8192, torch.float16)
    a = torch.rand(side, side).to(on.device, kind)
    product = 2 * side**3 / on.seconds_of(lambda: a @ a, 20)
    source = torch.empty((1 << 20) if on.dry else (1 << 30), dtype=torch.uint8)
    source = source.to(on.device)
    target = torch.empty_like(source)
    copy = 2 * source.numel() / on.seconds_of(lambda: target.copy_(source), 10)
    found: Found = {
        "matrix product tflops": round(product / 1e12, 2),
        "copy gb/s": round(copy / 1e9, 1),
    }
    for model in shipped():
        for name, (width, height) in on.sizes.items():
            operations = 2e9 * cost_of(variant_of(model), height, width).gmacs
            moved = _bytes_moved(model, (width, height))
            found[f"{model} {name}"] = {
                "gflop": round(operations / 1e9, 1),
                "mbyte layer by layer, 16 bit": round(moved / 1e6, 1),
                "ms for the operations": round(1000 * operations / product, 4),
                "ms for the bytes": round(1000 * moved / copy, 4),
            }
    return found


def _bytes_moved(model: str, size: Size) -> int:
    """Returns what convolutions read and write if none stays in a cache, in 16 bit."""
    total = 0

    def count(module: Any, given: Any, made: Any) -> None:
        nonlocal total
        weights = sum(part.numel() for part in module.parameters())
        total += 2 * (given[0].numel() + made.numel() + weights)

    with torch.device("meta"):
        network = network_of_shape(model)
        for module in network.modules():
            if isinstance(module, torch.nn.Conv2d | torch.nn.ConvTranspose2d):
                module.register_forward_hook(count)
        network(network_room(size, variant_of(model).multiple, torch.float32, "meta"))
    return total


def network_of_shape(model: str) -> torch.nn.Module:
    """Returns a network without numbers, to count with."""
    from model import build_network

    return build_network(model).to("meta")


def memory(on: Subject) -> Found:
    """The most memory a run holds, and what each frame allocates once it runs."""
    found: Found = {}
    for name, size in on.sizes.items():
        if not on.dry:
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        backend = on.backend()
        planes, out = some_planes(size), some_planes(size, 1)
        step = partial(_step, backend, planes, out)
        for _ in range(8):
            step()
        found[name] = {**_allocated(on, step), "peak device mib": _peak_mib(on)}
        backend.close()
    return found


def _step(backend: CudaBackend, planes: Planes, out: Planes) -> None:
    backend.start_planes(planes, NV12, out, NV12).wait()


def _allocated(on: Subject, step: Callable[[], None]) -> Found:
    count = 5 if on.dry else 100
    before = _device_allocations(on)
    tracemalloc.start()
    step()
    host, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    for _ in range(count):
        step()
    grown, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "device allocations a frame": (_device_allocations(on) - before) / (count + 1),
        "host bytes kept a frame": round((grown - host) / count, 1),
        "host bytes at once within a frame": peak - host,
    }


def _device_allocations(on: Subject) -> int:
    if on.dry:
        return 0
    return int(torch.cuda.memory_stats()["allocation.all.allocated"])


def _peak_mib(on: Subject) -> float | None:
    return None if on.dry else round(torch.cuda.max_memory_allocated() / 2**20, 1)
