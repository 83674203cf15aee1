"""ONNX files of other people: of what sizes they take pictures, and what is refused."""

from pathlib import Path

import numpy as np
import onnx
import openvino as ov
import pytest
from onnx import TensorProto, helper

from model import ModelError
from model.backends.openvino.onnx import multiple_of, picture_graph, read_onnx
from tests.support.networks.onnx_network import written_onnx


def written(path: Path, inputs: list[list[str | int]], output: list[str | int]) -> Path:
    """Writes a network that hands its first input on, and calls it `output`."""
    ends = [
        helper.make_tensor_value_info(f"in{number}", TensorProto.FLOAT, shape)
        for number, shape in enumerate(inputs)
    ]
    made = helper.make_tensor_value_info("out", TensorProto.FLOAT, output)
    node = helper.make_node("Relu", ["in0"], ["out"])
    graph = helper.make_graph([node], "relu", ends, [made])
    opset = [helper.make_opsetid("", 18)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), path)
    return path


@pytest.mark.parametrize("stride", [1, 2, 8])
def test_the_multiple_of_an_onnx_file_is_found(tmp_path: Path, stride: int) -> None:
    assert multiple_of(written_onnx(tmp_path / "n.onnx", stride=stride)) == stride


def test_a_network_that_doubles_the_picture_has_no_multiple(tmp_path: Path) -> None:
    path = written_onnx(tmp_path / "n.onnx", stride=2)
    model = onnx.load(path)
    model.graph.node[1].attribute[1].ints[:] = [1, 1]  # the stride of the pool
    onnx.save(model, path)

    with pytest.raises(ModelError, match="gives no picture of the size that it takes"):
        multiple_of(path)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ([["n", 3, "h", "w"], ["n", 3, "h", "w"]], "one input and one output, got 2"),
        ([["n", 1, "h", "w"]], "must take RGB"),
        ([["n", "h", "w"]], "must take RGB"),
        ([["n", 3, 64, "w"]], "export it with open height and width"),
    ],
)
def test_what_takes_no_pictures_is_refused(
    tmp_path: Path, inputs: list[list[str | int]], said: str
) -> None:
    path = written(tmp_path / "n.onnx", inputs, inputs[0])

    with pytest.raises(ModelError, match=said) as told:
        read_onnx(path)

    assert "\n" not in str(told.value)


@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.UINT8])
@pytest.mark.parametrize("depth", [8, 16])
def test_whole_numbers_go_in_and_come_out(
    tmp_path: Path, kind: int, depth: int
) -> None:
    graph = picture_graph(
        read_onnx(written_onnx(tmp_path / "n.onnx", kind=kind)), depth
    )
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = ov.Core().compile_model(graph, "CPU", exact)
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 2**depth, (1, 9, 14, 3))

    [made] = compiled(picture.astype(np.uint8 if depth == 8 else np.float32)).values()

    assert made.shape == picture.shape
    assert made.dtype == (np.uint8 if depth == 8 else np.float32)
    step = 1 if kind == TensorProto.FLOAT else 2 ** (depth - 8)
    assert np.abs(made - picture / 2).max() <= step
