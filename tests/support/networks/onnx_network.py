"""A network in a file that loads at once, and whose results are exact everywhere."""

from pathlib import Path

import onnx
from onnx import TensorProto, helper


def written_onnx(
    path: Path,
    *,
    kind: int = TensorProto.FLOAT,
    stride: int = 1,
    sides: tuple[str | int, str | int] = ("height", "width"),
) -> Path:
    """Writes a network that takes the largest of each block, and half of its light."""
    shape = ["batch", 3, *sides]
    ends = [helper.make_tensor_value_info(name, kind, shape) for name in ("rgb", "out")]
    half = helper.make_tensor("half", TensorProto.FLOAT, [], [0.5])
    scales = helper.make_tensor(
        "scales", TensorProto.FLOAT, [4], [1, 1, stride, stride]
    )
    nodes = [
        helper.make_node("Cast", ["rgb"], ["light"], to=TensorProto.FLOAT),
        helper.make_node(
            "MaxPool",
            ["light"],
            ["small"],
            kernel_shape=[stride] * 2,
            strides=[stride] * 2,
        ),
        helper.make_node("Resize", ["small", "", "scales"], ["large"], mode="nearest"),
        helper.make_node("Mul", ["large", "half"], ["dim"]),
        helper.make_node("Cast", ["dim"], ["out"], to=kind),
    ]
    graph = helper.make_graph(nodes, "dim", ends[:1], ends[1:], [half, scales])
    opset = [helper.make_opsetid("", 18)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), path)
    return path
