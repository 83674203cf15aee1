"""LPIPS 0.1 as an ONNX graph: an ImageNet trunk, and the distance over its layers.

Zhang et al., CVPR 2018, arXiv:1801.03924. Layers and taps as in torchvision's alexnet,
vgg16 and squeezenet1_1, whose state dicts give the weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import EvaluationError

Tensors = Mapping[str, NDArray[np.float32]]

_SHIFT = (-0.030, -0.088, -0.188)
_SCALE = (0.458, 0.448, 0.450)
_TINY = 1e-10
_OPSET, _IR = 17, 8


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a trunk: `conv` and `fire` include their ReLU."""

    kind: str
    """conv, fire or pool."""
    place: int = 0
    """Its number in torchvision's `features`."""
    stride: int = 1
    pad: int = 0
    tap: bool = False
    """Whether the distance looks at what comes out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """A network whose layers LPIPS compares."""

    name: str
    layers: tuple[Layer, ...]
    pool: int
    """Side of the pooled window; its stride is 2."""
    ceil: bool = False
    widths: tuple[int, ...]
    """Channels at each tap, which are those of the linear layers."""
    weights_hash: str
    """How the SHA-256 of torchvision's file begins, as its name says."""
    linear_hash: str
    """SHA-256 of the file in lpips 0.1.4."""


def _conv(place: int, stride: int = 1, pad: int = 1, *, tap: bool = False) -> Layer:
    return Layer("conv", place, stride, pad, tap)


_POOL = Layer("pool")

ALEX = Trunk(
    name="alexnet",
    layers=(
        _conv(0, 4, 2, tap=True),
        _POOL,
        _conv(3, 1, 2, tap=True),
        _POOL,
        *(_conv(place, tap=True) for place in (6, 8, 10)),
    ),
    pool=3,
    widths=(64, 192, 384, 256, 256),
    weights_hash="7be5be79",
    linear_hash="df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0",
)
VGG = Trunk(
    name="vgg16",
    layers=(
        *(_conv(0), _conv(2, tap=True), _POOL),
        *(_conv(5), _conv(7, tap=True), _POOL),
        *(_conv(10), _conv(12), _conv(14, tap=True), _POOL),
        *(_conv(17), _conv(19), _conv(21, tap=True), _POOL),
        *(_conv(24), _conv(26), _conv(28, tap=True)),
    ),
    pool=2,
    widths=(64, 128, 256, 512, 512),
    weights_hash="397923af",
    linear_hash="a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868",
)
SQUEEZE = Trunk(
    name="squeezenet1_1",
    layers=(
        *(_conv(0, 2, 0, tap=True), _POOL),
        *(Layer("fire", 3), Layer("fire", 4, tap=True), _POOL),
        *(Layer("fire", 6), Layer("fire", 7, tap=True), _POOL),
        *(Layer("fire", place, tap=True) for place in (9, 10, 11, 12)),
    ),
    pool=3,
    ceil=True,
    widths=(64, 128, 256, 384, 384, 512, 512),
    weights_hash="b8a52dc0",
    linear_hash="4a5350f23600cb79923ce65bb07cbf57dca461329894153e05a1346bd531cf76",
)
TRUNKS = (ALEX, VGG, SQUEEZE)


@dataclass
class _Graph:
    """Nodes and constants as they are strung together."""

    weights: Tensors
    source: Path
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, NDArray[Any]] = field(default_factory=dict)

    def add(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Adds a node of one output; returns the output's name."""
        from onnx import helper

        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def constant(self, name: str, values: Any) -> str:
        """Adds an array under a name, once; returns the name."""
        self.constants[name] = np.asarray(values)
        return name

    def weight(self, key: str) -> str:
        """Adds an array of the state dict; returns its name."""
        if key not in self.weights:
            raise EvaluationError(f"{self.source} holds no {key}.")
        return self.constant(key, self.weights[key])

    def conv(self, x: str, key: str, *, stride: int = 1, pad: int = 0) -> str:
        """Adds a convolution and its ReLU."""
        inputs = [x, self.weight(f"{key}.weight"), self.weight(f"{key}.bias")]
        x = self.add("Conv", inputs, strides=[stride, stride], pads=[pad] * 4)
        return self.add("Relu", [x])

    def fire(self, x: str, key: str) -> str:
        """Adds SqueezeNet's module: squeezed, then widened by 1x1 and by 3x3."""
        x = self.conv(x, f"{key}.squeeze")
        narrow = self.conv(x, f"{key}.expand1x1")
        wide = self.conv(x, f"{key}.expand3x3", pad=1)
        return self.add("Concat", [narrow, wide], axis=1)

    def layer(self, x: str, layer: Layer, trunk: Trunk) -> str:
        """Adds one layer of a trunk."""
        key = f"features.{layer.place}"
        if layer.kind == "conv":
            return self.conv(x, key, stride=layer.stride, pad=layer.pad)
        if layer.kind == "fire":
            return self.fire(x, key)
        size, ceil = [trunk.pool] * 2, int(trunk.ceil)
        return self.add(
            "MaxPool", [x], kernel_shape=size, strides=[2, 2], ceil_mode=ceil
        )

    def distance(self, features: str, linear: NDArray[np.float32], place: int) -> str:
        """Adds one tap's part: unit vectors, squared difference, weighted, its mean."""
        channels = self.constant("channels", np.array([1], np.int64))
        length = self.add("ReduceL2", [features], axes=[1], keepdims=1)
        tiny = self.constant("tiny", np.float32(_TINY))
        unit = self.add("Div", [features, self.add("Add", [length, tiny])])
        first, second = (self._row(unit, row) for row in (0, 1))
        apart = self.add("Sub", [first, second])
        weights = self.constant(f"lin{place}", linear.reshape(1, -1, 1, 1))
        weighted = self.add("Mul", [self.add("Mul", [apart, apart]), weights])
        summed = self.add("ReduceSum", [weighted, channels], keepdims=1)
        return self.add("ReduceMean", [summed], axes=[0, 1, 2, 3], keepdims=0)

    def _row(self, x: str, row: int) -> str:
        index = self.constant(f"row{row}", np.array([row], np.int64))
        return self.add("Gather", [x, index], axis=0)


def lpips_model(trunk: Trunk, weights: Tensors, linear: Tensors, source: Path) -> Any:
    """Returns the ONNX model: two pictures [1, 3, h, w] from -1 to 1, one number.

    Raises:
        EvaluationError: `weights`, read from `source`, lacks a layer.
    """
    from onnx import TensorProto, helper, numpy_helper

    graph = _Graph(weights, source)
    x = graph.add("Concat", ["output", "truth"], axis=0)
    shift, scale = (
        np.array(v, np.float32).reshape(1, 3, 1, 1) for v in (_SHIFT, _SCALE)
    )
    x = graph.add("Sub", [x, graph.constant("shift", shift)])
    x = graph.add("Div", [x, graph.constant("scale", scale)])
    parts: list[str] = []
    for layer in trunk.layers:
        x = graph.layer(x, layer, trunk)
        if layer.tap:
            key = f"lin{len(parts)}.model.1.weight"
            parts.append(graph.distance(x, linear[key], len(parts)))
    graph.nodes.append(helper.make_node("Sum", parts, ["lpips"]))
    sides: list[str | int] = [1, 3, "height", "width"]
    made = helper.make_graph(
        graph.nodes,
        f"lpips_{trunk.name}",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, sides)
            for name in ("output", "truth")
        ],
        [helper.make_tensor_value_info("lpips", TensorProto.FLOAT, [])],
        [numpy_helper.from_array(v, name) for name, v in graph.constants.items()],
    )
    opset = [helper.make_opsetid("", _OPSET)]
    return helper.make_model(made, opset_imports=opset, ir_version=_IR)
