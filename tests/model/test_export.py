from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import openvino as ov
import pytest
import torch
from numpy.typing import NDArray

from model import VARIANTS, ModelError, Variant, build_network, load_network
from model.export import OPSET, export_onnx, onnx_program

SIZES = [(1, 16, 16), (1, 17, 33), (3, 32, 48), (1, 90, 64), (2, 31, 50)]
Run = Callable[[NDArray[Any]], Any]


def tiny(name: str) -> Variant:
    whole = VARIANTS[name]
    narrow = (4,) * len(whole.recurrent)
    inputs = whole.recurrent_inputs if whole.tensorflow else narrow
    return replace(whole, modules=1, width=8, recurrent=narrow, recurrent_inputs=inputs)


def runtimes(path: Path) -> list[Run]:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = ov.Core().compile_model(path, "CPU", exact)
    return [
        lambda x: session.run(None, {"rgb": x})[0],
        lambda x: compiled({"rgb": x})[0],
    ]


def assert_all_agree(
    network: torch.nn.Module, path: Path, picture: torch.Tensor
) -> None:
    with torch.inference_mode():
        expected = network(picture).clamp(0, 1).numpy()
    for run in runtimes(path):
        np.testing.assert_allclose(run(picture.numpy()), expected, rtol=0, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mspfn-model1", "mspfn-model4", "mspfn-release"])
def test_others_run_every_kind_of_network_with_the_same_result(
    name: str, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    variant = tiny(name)
    network = build_network(variant).eval()

    onnx_program(network, variant.multiple).save(tmp_path / "it.onnx")

    for size in SIZES:
        assert_all_agree(
            network, tmp_path / "it.onnx", torch.rand(size[0], 3, *size[1:])
        )


@pytest.mark.slow
def test_the_shipped_network_is_exported_whole(
    tmp_path: Path, rainy_picture: NDArray[np.uint8]
) -> None:
    network, weights = load_network("mspfn-lite")
    path = tmp_path / "lite.onnx"

    export_onnx("mspfn-lite", path)

    graph = onnx.load(path)
    onnx.checker.check_model(graph)
    told = {entry.key: entry.value for entry in graph.metadata_props}
    assert told["model"] == "mspfn-lite"
    assert told["weights_sha256"] == weights.sha256
    assert "RGB in [0, 1]" in told["input"]
    assert graph.opset_import[0].version == OPSET
    picture = torch.from_numpy(rainy_picture).permute(2, 0, 1)[None] / 255
    assert_all_agree(network, path, picture[:, :, :187, :251])
    assert list(tmp_path.iterdir()) == [path]


def test_without_its_packages_the_export_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.export.find_spec", lambda _: None)

    with pytest.raises(ModelError, match=r"pip install 'derain\[export\]'"):
        export_onnx("mspfn-lite", tmp_path / "it.onnx")
