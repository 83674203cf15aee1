from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray

from model import ModelError, load_network
from model.backends.cuda.tensorrt import (
    TensorRtNetwork,
    check_usable,
    engine_path,
    onnx_bytes,
)

KEY = ("weights", "fp16", "10.13", "NVIDIA H200")
SHAPE = (1, 3, 384, 640)


@pytest.mark.parametrize(
    ("device", "precision", "message"),
    [
        ("cpu", "fp16", "runs on CUDA; the device is cpu"),
        ("cuda:0", "bf16", "computes in fp32 or fp16 here, not in bf16"),
        ("cuda:0", "fp16", "pip install tensorrt"),
    ],
)
def test_where_tensorrt_cannot_be_used_one_line_says_why(
    device: str, precision: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.backends.cuda.tensorrt.find_spec", lambda _: None)

    with pytest.raises(ModelError, match=message):
        TensorRtNetwork(
            torch.nn.Identity(), 16, "weights", device=device, precision=precision
        )


def test_where_all_is_installed_it_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.backends.cuda.tensorrt.find_spec", lambda name: name)

    check_usable("cuda:0", "fp16")


def test_a_tensorrt_of_another_kind_leaves_the_choice_to_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Logger:
        ERROR = 1

        def __init__(self, level: int) -> None: ...

    other = SimpleNamespace(__version__="99.0", Logger=Logger)
    monkeypatch.setattr("model.backends.cuda.tensorrt.find_spec", lambda name: name)
    monkeypatch.setattr("model.backends.cuda.tensorrt.import_module", lambda _: other)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "some GPU")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    network = TensorRtNetwork(
        torch.nn.Identity(), 16, "weights", device="cuda:0", precision="fp16"
    )

    with pytest.raises(ModelError, match=r"99\.0 does not do what is asked.*Builder"):
        network(torch.zeros(1, 3, 16, 16))


@pytest.mark.parametrize("changed", range(len(KEY)))
def test_whatever_an_engine_depends_on_gives_it_another_name(changed: int) -> None:
    other = tuple("x" if n == changed else part for n, part in enumerate(KEY))

    assert engine_path(KEY, SHAPE) == engine_path(KEY, SHAPE)
    assert engine_path(KEY, SHAPE) != engine_path(other, SHAPE)
    assert engine_path(KEY, SHAPE) != engine_path(KEY, (2, *SHAPE[1:]))


@pytest.mark.slow
def test_the_graph_that_tensorrt_gets_is_within_tolerance_in_fp16(
    rainy_picture: NDArray[np.uint8],
) -> None:
    network, weights = load_network("mspfn-lite")
    picture = torch.from_numpy(rainy_picture[:64, :96]).permute(2, 0, 1)[None] / 255

    data = onnx_bytes(network, weights.variant.multiple, "fp16", tuple(picture.shape))

    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    half = session.run(None, {"rgb": picture.numpy()})[0]
    exact = network(picture).clamp(0, 1).numpy()
    assert half.dtype == np.float32
    assert -10 * np.log10(np.mean((half - exact) ** 2)) >= 50
