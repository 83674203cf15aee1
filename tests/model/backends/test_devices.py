"""What a user may call a device, and which are here."""

import pytest

from model import ModelError
from model.backends.devices import device_named, devices_here


def test_a_word_that_is_no_device_is_answered_with_those_that_are_here() -> None:
    with pytest.raises(ModelError) as refused:
        device_named("gpu")

    assert str(refused.value) == (
        "Expected device auto, cpu, cuda, cuda:N, intel or intel:N; got 'gpu'. There "
        f"are {', '.join(devices_here())}."
    )
    assert devices_here()[0] == "cpu"


def test_auto_leaves_an_intel_gpu_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.backends.devices._has_cuda_driver", lambda: False)
    gpus = "model.backends.openvino.devices.intel_gpus"
    monkeypatch.setattr(gpus, lambda: ["GPU.0", "GPU.1"])

    assert device_named("auto") == "cpu"
    assert device_named("intel") == "intel:0"
    assert devices_here() == ["cpu", "intel:0", "intel:1"]
