"""Intel's GPUs, as far as OpenVINO tells of them; the CPU's plugin stands in."""

from contextlib import closing

import numpy as np
import openvino as ov
import pytest

from model import Derainer, ModelError
from model.backends.openvino import devices
from model.backends.openvino.devices import (
    at_once,
    config_for,
    device_named,
    intel_gpus,
    rest_precision,
)
from model.quantisation import Quantisation


class Core:
    """Stands for `ov.Core` on a machine with two GPUs and something else."""

    available_devices = ("CPU", "GPU.0", "GPU.1", "NPU")


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ov, "Core", Core)


@pytest.mark.usefixtures("two_gpus")
def test_gpus_are_counted_as_openvino_counts_them() -> None:
    assert intel_gpus() == ["GPU.0", "GPU.1"]
    assert device_named("intel") == "intel:0"
    assert device_named("intel:1") == "intel:1"
    assert devices.plugin_for("intel:1") == "GPU.1"
    for wrong in ("intel:2", "intel:x", "intel:-1"):
        with pytest.raises(ModelError, match="sees 2 Intel GPUs, counted from 0"):
            device_named(wrong)


def test_a_machine_without_one_says_what_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(devices, "intel_gpus", list)

    with pytest.raises(ModelError, match=r"sees no Intel GPU \(its driver, Debian's"):
        Derainer(device="intel")


@pytest.mark.parametrize(
    ("precision", "rest"), [("fp16", "fp16"), ("fp32", "fp32"), ("int8", "fp16")]
)
def test_a_gpu_computes_what_is_not_quantised_in_fp16(
    precision: str, rest: str
) -> None:
    steps = Quantisation(weights_sha256="", inputs={})

    assert rest_precision("intel:0", precision, steps) == rest


@pytest.mark.parametrize(("precision", "told"), [("bf16", "bf16"), ("int8", "steps")])
def test_what_a_gpu_does_not_compute_in_is_refused(precision: str, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        rest_precision("intel:0", precision, None)


def test_the_processors_threads_are_no_matter_of_a_gpu() -> None:
    gpu = config_for("intel:0", "fp16", low_latency=False, threads=1)

    assert gpu == {
        "PERFORMANCE_HINT": "THROUGHPUT",
        "INFERENCE_PRECISION_HINT": "f16",
    }
    assert at_once("intel:0", low_latency=False) == 2
    assert at_once("intel:0", low_latency=True) == 1


@pytest.mark.slow
def test_pictures_go_through_the_plugin_of_the_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(devices, "intel_gpus", lambda: ["CPU"])
    picture = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)

    with closing(Derainer(device="intel", precision="fp32")) as gpu:
        there = gpu(picture)
    with closing(Derainer(device="cpu", backend="openvino", precision="fp32")) as cpu:
        here = cpu(picture)

    assert (gpu.device, gpu.backend, gpu.precision) == ("intel:0", "openvino", "fp32")
    assert (gpu.layout, gpu.slots) == (None, 2)
    assert np.abs(there.astype(int) - here).max() <= 1
