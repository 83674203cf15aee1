"""What this processor computes in, and how many pictures at once are worth a trial."""

import platform
from functools import cache, partial
from pathlib import Path

import openvino as ov

from model.backends.autotune import (
    Candidates,
    clock_for,
    fastest,
    is_busy,
    machine_key,
)
from model.errors import ModelError
from model.form import NetworkForm
from model.quantisation import Quantisation

_ARM = {"aarch64", "arm64"}
_DOT_PRODUCTS = {"avx512_vnni", "avx_vnni", "amx_int8"}


def cpu_precisions() -> list[str]:
    """Returns the precisions this processor computes in, the fastest first."""
    able = ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    if platform.machine() in _ARM:  # untried: none was there
        return ["fp16", "fp32"] if "FP16" in able else ["fp32"]
    return ["bf16", "fp32"] if "BF16" in able else ["fp32"]


def has_int8_dot() -> bool:
    """Returns whether this processor has instructions for sums of 8-bit products.

    Without them int8 is no faster than fp32 (AVX2 widens every product to 16 bits).
    """
    return not _DOT_PRODUCTS.isdisjoint(_flags())


def sums_bytes_in_vectors() -> bool:
    """Returns whether 8-bit products are summed fastest by AVX-512's vectors.

    Of OpenVINO's kernels for such a processor those made for vectors alone are a tenth
    faster than those it takes by itself (docs/speed.md). AMX has kernels of its own.
    """
    return "avx512_vnni" in _flags() and "amx_int8" not in _flags()


@cache
def _flags() -> frozenset[str]:
    told = Path("/proc/cpuinfo")
    if not told.is_file():
        return frozenset()
    with told.open(encoding="utf-8") as lines:
        flags = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(flags.split())


def unquantised_precision(precision: str, quantisation: Quantisation | None) -> str:
    """Returns the precision of what is not quantised.

    Args:
        precision: Of the network: `fp32`, `bf16`, `fp16` or `int8`.
        quantisation: Of the weights; `int8` needs it.

    Raises:
        ModelError: The processor does not compute in it, or there is no quantisation.
    """
    if precision == "int8":
        if quantisation is None:
            raise ModelError(
                "There are no int8 steps for these weights; 'derain calibrate' finds "
                "them."
            )
        return cpu_precisions()[0]
    able = cpu_precisions()
    if precision not in able:
        raise ModelError(
            f"OpenVINO on this processor computes in {', '.join(able)} or int8, not in "
            f"{precision}."
        )
    return precision


def stream_counts(cores: int) -> list[int]:
    """Returns the numbers of streams that are worth a trial on so many cores."""
    return sorted({1, *(cores // part for part in (4, 2, 1) if cores >= part)})


def fastest_here(
    trials: Candidates, what: str, form: NetworkForm, precision: str
) -> str:
    """Returns the name of the fastest way to run a network on this processor.

    Args:
        trials: How to open each.
        what: They differ in, such as `streams of`.
        form: Of the network.
        precision: That it computes in.
    """
    return fastest(
        trials,
        f"{what} {form.name}, {precision}, {machine_key('cpu')}",
        size=_trial_size(form),
        now_s=clock_for("cpu"),
        busy=partial(is_busy, "cpu"),
    )


def _trial_size(form: NetworkForm) -> tuple[int, int]:
    """Height and width; of a wider network smaller, so that it takes about as long."""
    held = form.numbers_a_pixel
    return max(192 * 320 // held, 16), max(320 * 320 // held, 16)
