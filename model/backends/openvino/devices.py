"""Devices as OpenVINO names and configures them: the CPU, and Intel's GPUs.

Intel's GPUs are untried: none was there. What is said to the plugin is what
https://docs.openvino.ai/2026/openvino-workflow/running-inference/inference-devices-and-modes/gpu-device.html
names; it runs on the GPU of a processor and on cards alike.
"""

import os
from typing import Any

import openvino as ov

from model.backends.openvino.processor import unquantised_precision
from model.errors import ModelError
from model.quantisation import Quantisation

_HINTS = {"fp32": "f32", "fp16": "f16", "bf16": "bf16"}
_GPU_AT_ONCE = 2
"""Pictures under way on a GPU: one is copied while the other is computed."""


def intel_gpus() -> list[str]:
    """Returns what OpenVINO calls Intel's GPUs here, `GPU` or `GPU.0`, `GPU.1`, ..."""
    found = ov.Core().available_devices
    return [name for name in found if name.partition(".")[0] == "GPU"]


def device_named(asked: str) -> str:
    """Returns `intel:N` for what a user calls an Intel GPU, `intel` or `intel:N`.

    Raises:
        ModelError: OpenVINO sees none, or not so many.
    """
    gpus = intel_gpus()
    if not gpus:
        raise ModelError(
            f"Device {asked!r} was asked for; OpenVINO sees no Intel GPU (its driver, "
            "Debian's intel-opencl-icd, and the right to use /dev/dri are needed)."
        )
    number = asked.partition(":")[2] or "0"
    if not number.isdecimal() or int(number) >= len(gpus):
        raise ModelError(
            f"Device {asked!r} was asked for; OpenVINO sees {len(gpus)} Intel GPUs, "
            "counted from 0."
        )
    return f"intel:{int(number)}"


def plugin_for(device: str) -> str:
    """Returns what OpenVINO calls `cpu` or `intel:N`."""
    if device == "cpu":
        return "CPU"
    return intel_gpus()[int(device.partition(":")[2])]


def hardware_name(device: str) -> str:
    """Returns what the maker calls an Intel GPU."""
    told = ov.Core().get_property(plugin_for(device), "FULL_DEVICE_NAME")
    return str(told).strip()


def rest_precision(
    device: str, precision: str, quantisation: Quantisation | None
) -> str:
    """Returns the precision of what is not quantised.

    Raises:
        ModelError: The device does not compute in it, or there is no quantisation.
    """
    if device == "cpu":
        return unquantised_precision(precision, quantisation)
    if precision == "bf16":
        raise ModelError("An Intel GPU computes in fp16, fp32 or int8, not in bf16.")
    if precision == "int8" and quantisation is None:
        raise ModelError(
            "There are no int8 steps for these weights; 'derain calibrate' finds them."
        )
    return "fp16" if precision == "int8" else precision


def config_for(
    device: str, rest: str, *, low_latency: bool, threads: int
) -> dict[str, Any]:
    """Returns what a graph is compiled with, streams apart.

    Args:
        device: `cpu` or `intel:N`.
        rest: The precision of what is not quantised.
        low_latency: One picture as soon as possible.
        threads: Of the processor that compute.
    """
    config = {
        "PERFORMANCE_HINT": "LATENCY" if low_latency else "THROUGHPUT",
        "INFERENCE_PRECISION_HINT": _HINTS[rest],
    }
    if device == "cpu" and threads < len(os.sched_getaffinity(0)):
        config["INFERENCE_NUM_THREADS"] = str(threads)
    return config


def at_once(device: str, *, low_latency: bool) -> int | None:
    """Returns how many pictures are under way; None: measure."""
    if low_latency:
        return 1
    return None if device == "cpu" else _GPU_AT_ONCE


def keeps_compiled(plugin: str) -> bool:
    """Returns whether what is compiled for a device can be kept for the next run."""
    able = ov.Core().get_property(plugin, "OPTIMIZATION_CAPABILITIES")
    return "EXPORT_IMPORT" in able
