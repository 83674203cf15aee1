"""What the machine can do at best, measured: the floor under any network's time.

A large matrix product for its operations, a large copy for its memory.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from model.cost import BYTES, Cost

_DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
_SIDE = {"cpu": 2048, "cuda": 8192}
_COPY_BYTES = {"cpu": 1 << 28, "cuda": 1 << 30}
_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """Of one device."""

    device: str
    gflops: dict[str, float]
    """Thousand million operations a second, two for each multiply-add, by precision.
    int8 is missing: PyTorch has no public product of it to measure."""
    gigabytes_s: float
    """Read and written in a second, together."""


def measured_peaks(device: str, precisions: set[str]) -> Peaks:
    """Measures for about a second and a half.

    Args:
        device: `cpu`, `cuda:0`, ...
        precisions: Those wanted, of `fp32`, `fp16` and `bf16`; others are left out.
    """
    wanted = [name for name in _DTYPES if name in precisions]
    return Peaks(
        device=device,
        gflops={name: round(_gflops(device, _DTYPES[name]), 1) for name in wanted},
        gigabytes_s=round(_gigabytes_s(device), 1),
    )


def floor_of(cost: Cost, precision: str, peaks: Peaks, fps: float) -> dict[str, Any]:
    """Returns the least time for a picture, and how near `fps` comes to it.

    All operations at the peak, all traffic of the convolutions at the peak; the two
    may overlap. `share` of 1 would be the floor itself; None where no peak is known.
    """
    moved = cost.numbers_moved * BYTES[precision]
    memory_ms = moved / peaks.gigabytes_s / 1e6
    peak = peaks.gflops.get(precision)
    compute_ms = 2000 * cost.gmacs / peak if peak else None
    floor_ms = max(memory_ms, compute_ms) if compute_ms else None
    return {
        "gmacs": round(cost.gmacs, 2),
        "megabytes": round(moved / 1e6, 1),
        "compute_ms": _rounded(compute_ms),
        "memory_ms": _rounded(memory_ms),
        "floor_ms": _rounded(floor_ms),
        "share": _rounded(floor_ms * fps / 1000) if floor_ms else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _gflops(device: str, dtype: torch.dtype) -> float:
    side = _SIDE[device.partition(":")[0]]
    left, right = torch.ones(2, side, side, dtype=dtype, device=device)
    out = torch.empty_like(left)
    seconds = _best_s(device, lambda: torch.mm(left, right, out=out))
    return 2 * side**3 / seconds / 1e9


def _gigabytes_s(device: str) -> float:
    size = _COPY_BYTES[device.partition(":")[0]]
    source = torch.zeros(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    return 2 * size / _best_s(device, lambda: target.copy_(source)) / 1e9


def _best_s(device: str, action: Callable[[], Any]) -> float:
    """Returns the least time of an action, in seconds: a peak is what once was."""

    def timed() -> float:
        began = time.perf_counter()
        action()
        if device != "cpu":
            torch.cuda.synchronize(device)
        return time.perf_counter() - began

    timed()
    times = [timed()]
    while len(times) < 3 or sum(times) < _SECONDS:
        times.append(timed())
    return min(times)
