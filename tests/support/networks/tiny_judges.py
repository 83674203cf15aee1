"""ONNX files of judges whose answers are known: each gives constants.

Their inputs are looked at, times 0, so that no runtime can leave them out.
"""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Outputs = dict[str, NDArray[np.generic]]


def constant_judge(path: Path, outputs: Outputs, size: tuple[int, int]) -> Path:
    """Writes a network of float32 [1, 3, height, width] that always gives `outputs`."""
    nodes, constants = [], []
    for name, value in outputs.items():
        constants.append(numpy_helper.from_array(value, f"{name}_value"))
        kind = helper.np_dtype_to_tensor_dtype(value.dtype)
        nodes += [
            helper.make_node("ReduceMean", ["image"], [f"{name}_mean"], keepdims=0),
            helper.make_node("Mul", [f"{name}_mean", "zero"], [f"{name}_nothing"]),
            helper.make_node("Cast", [f"{name}_nothing"], [f"{name}_typed"], to=kind),
            helper.make_node("Add", [f"{name}_value", f"{name}_typed"], [name]),
        ]
    constants.append(numpy_helper.from_array(np.array(0, np.float32), "zero"))
    graph = helper.make_graph(
        nodes,
        "judge",
        [
            helper.make_tensor_value_info(
                "image", TensorProto.FLOAT, [1, 3, *size[::-1]]
            )
        ],
        [
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
            )
            for name, value in outputs.items()
        ],
        constants,
    )
    return _saved(path, graph)


def bright_judge(path: Path) -> Path:
    """Writes a segmenter of two classes: dark, and bright from 128 on; any size."""
    weight = np.array([-1, 1], np.float32).reshape(2, 1, 1, 1) / 3
    kernel = np.repeat(weight, 3, axis=1)
    bias = np.array([128, -128], np.float32)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["image", "kernel", "bias"], ["logits"])],
        "bright",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "h", "w"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 2, "h", "w"])],
        [
            numpy_helper.from_array(kernel, "kernel"),
            numpy_helper.from_array(bias, "bias"),
        ],
    )
    return _saved(path, graph)


def _saved(path: Path, graph: onnx.GraphProto) -> Path:
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path
