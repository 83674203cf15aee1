"""How fast the network is: alone, with colours and copies, and beside its limits."""

import json
import time
import tracemalloc
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import torch

from benchmarks.gpu.findings import Findings
from benchmarks.gpu.subject import (
    DEFAULT,
    DTYPES,
    NV12,
    Found,
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
from model.backends.cuda.trials import ConvolutionTrials
from model.backends.triton.backend import programs_at_once
from model.backends.triton.forms import DEFAULT as TRITON
from model.backends.triton.forms import FORMS, Form, forms_for
from model.backends.triton.planning.pack import pack
from model.backends.triton.planning.plan import FusedNetwork
from model.cost import cost_of
from model.mspfn.network import MSPFN
from model.pictures.planes import Planes


def network(on: Subject, found: Findings) -> None:
    """The network alone and with colours and copies, and the colour kernels."""
    best = on.precisions[0]
    for name, size in on.sizes.items():
        found.take(
            f"{DEFAULT} {name} {best} graph", partial(_bare, on, DEFAULT, size, best)
        )
    for name, size in on.sizes.items():
        work = partial(_overlapped, on, size)
        found.take(f"{name}: planes in, planes out, three at once", work)
    _triton(on, found, best)
    work = partial(_overlapped, on, on.usual, colour_graphs=True)
    found.take("the same of 720p, copies and colours as graphs", work)
    found.take("starts of 720p by cuDNN's trials", partial(_starts, on), least_s=8)
    found.take("limits of the machine", partial(_limits, on))
    found.take("colour kernels", partial(_kernel_times, on))
    for precision in on.precisions[1:]:
        work = partial(_bare, on, DEFAULT, on.usual, precision)
        found.take(f"{DEFAULT} {precision} graph", work)
    eager = partial(_bare, on, DEFAULT, on.usual, best, graphs=False)
    found.take(f"{DEFAULT} {best} eager", eager)
    for model in shipped()[1:]:
        found.take(f"{model} {best} graph", partial(_bare, on, model, on.usual, best))


def _triton(on: Subject, found: Findings, precision: str) -> None:
    """The Triton kernels in all sizes, and their other forms in the usual one."""
    if on.dry:
        found.note("triton", "left out: its kernels run on a GPU only")
        return
    for name, size in on.sizes.items():
        work = partial(_fused, on, size, precision, FORMS[TRITON])
        found.take(f"{DEFAULT} {name} {precision} {TRITON}", work)
    for name in forms_for(torch.cuda.get_device_capability()):
        if name != TRITON:
            work = partial(_fused, on, on.usual, precision, FORMS[name])
            found.take(f"{DEFAULT} 720p {precision} {name}", work)


def _starts(on: Subject) -> Found:
    """Seconds to the first picture: cuDNN tries, does not, does what was worth it."""
    found: Found = {}
    planes, out = some_planes(on.usual), some_planes(on.usual, 1)
    with TemporaryDirectory() as folder:
        trials = ConvolutionTrials(Path(folder) / "trials.json", "this card")
        for start in ("first", "second", "third"):
            backend = on.backend(precision=on.precisions[0], trials=trials)
            begun = time.perf_counter()
            backend.start_planes(planes, NV12, out, NV12).wait()
            found[start] = round(time.perf_counter() - begun, 3)
            backend.close()
        kept = Path(folder) / "trials.json"  # fp32, as in a dry run, keeps nothing
        found["kept"] = json.loads(kept.read_text()) if kept.exists() else {}
    return found


@torch.inference_mode()
def _fused(on: Subject, size: Size, precision: str, form: Form) -> Found:
    from model.backends.triton.kernels.start import run

    kind, multiple = DTYPES[precision], variant_of(DEFAULT).multiple
    net = cast(MSPFN, network_of(DEFAULT).to(on.device))
    packed = pack(net, kind)
    programs = programs_at_once(on.device)
    fused = FusedNetwork(packed, multiple, run, form, programs=programs)
    x = network_room(size, multiple, kind, on.device)
    there = on.there()
    replay = there.captured(there.stream(), lambda: fused(x))
    seconds = on.seconds_of(replay, on.rounds)
    return {"ms": round(seconds * 1000, 4), "fps": round(1 / seconds, 2)}


def compiled(on: Subject, found: Findings) -> None:
    """The same after `torch.compile`, as a graph, for the default network."""
    for name, size in reversed(on.sizes.items()):
        work = partial(
            _bare, on, DEFAULT, size, on.precisions[0], compile_it=not on.dry
        )
        found.take(f"{DEFAULT} {name} {on.precisions[0]}", work, least_s=40)


def _kernel_times(on: Subject) -> Found:
    found: Found = {}
    for name, size in on.sizes.items():
        planes, out = (put(some_planes(size, n), on.device) for n in (0, 1))
        x = network_room(size, 32, DTYPES[on.precisions[0]], on.device)[0]
        run = on.kernels()
        there = on.seconds_of(
            partial(run.planes_to_network, planes, NV12, x), on.rounds
        )
        back = on.seconds_of(partial(run.network_to_planes, x, NV12, out), on.rounds)
        found[name] = {"to_network_us": there * 1e6, "to_planes_us": back * 1e6}
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
    net: Any = network_of(model).to(on.device, DTYPES[precision])
    net.to(memory_format=torch.channels_last)
    if compile_it:
        net = torch.compile(net, dynamic=False)
    x = network_room(size, variant_of(model).multiple, DTYPES[precision], on.device)
    there = on.there(graphs=graphs)
    with torch.backends.cudnn.flags(
        enabled=True, benchmark=True, allow_tf32=precision != "fp32"
    ):
        replay = there.captured(there.stream(), lambda: net(x))
        seconds = on.seconds_of(replay, on.rounds)
    return {"ms": round(seconds * 1000, 4), "fps": round(1 / seconds, 2)}


def _overlapped(on: Subject, size: Size, *, colour_graphs: bool = False) -> Found:
    backend = on.backend()
    backend.colour_graphs = colour_graphs
    return {"fps": round(flow(backend, size, on.rounds * 3), 2)}


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


def _limits(on: Subject) -> Found:
    """What the machine can do at most: products and copies."""
    side, kind = (256, torch.float32) if on.dry else (8192, torch.float16)
    a = torch.rand(side, side).to(on.device, kind)
    product = 2 * side**3 / on.seconds_of(lambda: a @ a, 20)
    source = torch.empty((1 << 20) if on.dry else (1 << 30), dtype=torch.uint8)
    source = source.to(on.device)
    target = torch.empty_like(source)
    copy = 2 * source.numel() / on.seconds_of(lambda: target.copy_(source), 10)
    return {
        "matrix product tflops": round(product / 1e12, 2),
        "copy gb/s": round(copy / 1e9, 1),
    }


def floor(on: Subject, found: Findings) -> None:
    """What the machine's limits make of the networks' work."""
    limits = _limits(on)
    found.note("limits of the machine", limits)
    for model in shipped():
        for name, size in on.sizes.items():
            found.take(f"{model} {name}", partial(_least, model, size, limits))


def _least(model: str, size: Size, limits: Found) -> Found:
    operations = 2e9 * cost_of(variant_of(model), size[1], size[0]).gmacs
    moved = _bytes_moved(model, size)
    product, copy = limits["matrix product tflops"], limits["copy gb/s"]
    return {
        "gflop": round(operations / 1e9, 1),
        "mbyte layer by layer, 16 bit": round(moved / 1e6, 1),
        "ms for the operations": round(operations / max(product, 0.01) / 1e9, 4),
        "ms for the bytes": round(moved / max(copy, 0.1) / 1e6, 4),
    }


def _bytes_moved(model: str, size: Size) -> int:
    """Returns what convolutions read and write if none stays in a cache, in 16 bit."""
    total = 0

    def count(module: Any, given: Any, made: Any) -> None:
        nonlocal total
        weights = sum(part.numel() for part in module.parameters())
        total += 2 * (given[0].numel() + made.numel() + weights)

    with torch.device("meta"):
        net = network_of_shape(model)
        for module in net.modules():
            if isinstance(module, torch.nn.Conv2d | torch.nn.ConvTranspose2d):
                module.register_forward_hook(count)
        net(network_room(size, variant_of(model).multiple, torch.float32, "meta"))
    return total


def network_of_shape(model: str) -> torch.nn.Module:
    """Returns a network without numbers, to count with."""
    from model import build_network

    return build_network(model).to("meta")


def memory(on: Subject, found: Findings) -> None:
    """The most memory a run holds, and what each frame allocates once it runs."""
    for name, size in on.sizes.items():
        found.take(name, partial(_memory, on, size))


def _memory(on: Subject, size: Size) -> Found:
    if not on.dry:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    backend = on.backend()
    planes, out = some_planes(size), some_planes(size, 1)
    step = partial(_step, backend, planes, out)
    for _ in range(8):
        step()
    found = {**_allocated(on, step), "peak device mib": _peak_mib(on)}
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
