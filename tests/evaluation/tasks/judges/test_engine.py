from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from evaluation.errors import EvaluationError
from evaluation.tasks.judges.engine import open_engine

_RUNTIMES = ("openvino", "onnxruntime")
_WIDTH, _HEIGHT = 6, 4


def _values() -> Any:
    """Red of 10, green of 20 and blue of 30, and a bright corner."""
    values = np.ones((1, 3, _HEIGHT, _WIDTH), np.float32)
    values *= np.array([10, 20, 30], np.float32).reshape(1, 3, 1, 1)
    values[0, 0, 0, 0] = 34
    return values


def _saved(
    path: Path, nodes: list[Any], inputs: dict[str, Any], outputs: dict[str, Any]
) -> Path:
    takes, gives = (
        [helper.make_tensor_value_info(name, *of) for name, of in ports.items()]
        for ports in (inputs, outputs)
    )
    graph = helper.make_graph(nodes, "judge", takes, gives)
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), str(path))
    return path


def _means(path: Path, kind: int, shape: list[Any], axes: list[int]) -> Path:
    """A network that gives the mean of each channel."""
    nodes = [
        helper.make_node("Cast", ["image"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["real"], ["means"], axes=axes, keepdims=0),
    ]
    return _saved(
        path,
        nodes,
        {"image": (kind, shape)},
        {"means": (TensorProto.FLOAT, ["a", 3] if len(shape) == 4 else [3])},
    )


@pytest.mark.parametrize("runtime", _RUNTIMES)
@pytest.mark.parametrize(
    "kind", [TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.UINT8]
)
@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ([1, 3, _HEIGHT, _WIDTH], [2, 3]),
        (["n", 3, "h", "w"], [2, 3]),
        ([1, _HEIGHT, _WIDTH, 3], [1, 2]),
        (["n", "h", "w", 3], [1, 2]),
        ([3, "h", "w"], [1, 2]),
    ],
)
def test_a_picture_is_given_in_the_type_and_order_that_the_network_declares(
    tmp_path: Path, runtime: str, kind: int, shape: list[Any], axes: list[int]
) -> None:
    engine = open_engine(_means(tmp_path / "j.onnx", kind, shape, axes), runtime)

    (means,) = engine(_values()).values()

    assert means.ravel().tolist() == pytest.approx([11, 20, 30], rel=1e-3)


@pytest.mark.parametrize("runtime", _RUNTIMES)
@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("orig_target_sizes", TensorProto.INT64, [_WIDTH, _HEIGHT]),
        ("im_shape", TensorProto.FLOAT, [_HEIGHT, _WIDTH]),
        ("scale_factor", TensorProto.FLOAT, [1, 1]),
    ],
)
def test_a_network_that_asks_for_the_size_is_told_it(
    tmp_path: Path, runtime: str, name: str, kind: int, expected: list[int]
) -> None:
    nodes = [
        helper.make_node("Identity", ["images"], ["same"]),
        helper.make_node("Cast", [name], ["size"], to=TensorProto.FLOAT),
    ]
    picture = (TensorProto.FLOAT, [1, 3, "h", "w"])
    path = _saved(
        tmp_path / "j.onnx",
        nodes,
        {"images": picture, name: (kind, ["n", 2])},
        {"same": picture, "size": (TensorProto.FLOAT, ["n", 2])},
    )

    assert open_engine(path, runtime)(_values())["size"].tolist() == [expected]


@pytest.mark.parametrize("runtime", _RUNTIMES)
def test_a_network_that_takes_something_else_is_named_with_it(
    tmp_path: Path, runtime: str
) -> None:
    nodes = [helper.make_node("Identity", ["prompt"], ["same"])]
    words = (TensorProto.INT64, [1, 77])
    path = _saved(tmp_path / "j.onnx", nodes, {"prompt": words}, {"same": words})

    with pytest.raises(EvaluationError, match=r"takes prompt \[1, 77\]; a judge takes"):
        open_engine(path, runtime)
