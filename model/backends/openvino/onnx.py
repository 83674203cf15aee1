"""An ONNX file that takes pictures and gives pictures, run by OpenVINO.

The file takes and gives RGB [batch, 3, height, width] of any height and width: float in
[0, 1], or uint8.
"""

from pathlib import Path

import numpy as np
import openvino as ov
from openvino import opset13 as ops

from model.backends.openvino.backend import OpenVinoBackend
from model.errors import ModelError

_MULTIPLES = (1, 2, 4, 8, 16, 32, 64)
_SIDE = 96
"""About how large a picture is that a multiple is tried with."""


class OnnxBackend(OpenVinoBackend):
    """Runs an ONNX file as the other networks are run; its `network` is the file."""

    def _graph_for(self, depth: int) -> ov.Model:
        if depth not in self._graphs:
            self._graphs[depth] = picture_graph(self._network(), depth)
        return self._graphs[depth]


def read_onnx(path: Path) -> ov.Model:
    """Returns the network in a file.

    Raises:
        ModelError: It cannot be read, or is none from pictures to pictures.
    """
    try:
        model = ov.Core().read_model(path)
    except RuntimeError as error:
        lines = [line for line in str(error).splitlines() if line.strip()]
        raise ModelError(
            f"OpenVINO cannot read {path} as ONNX: {(lines or ['no reason'])[-1]}"
        ) from error
    ends = f"{len(model.inputs)} inputs and {len(model.outputs)} outputs"
    if (len(model.inputs), len(model.outputs)) != (1, 1):
        raise ModelError(f"{path} must have one input and one output, got {ends}.")
    shape = model.input().get_partial_shape()
    if shape.rank.is_dynamic or len(shape) != 4 or 3 not in _known(shape[1]):
        raise ModelError(
            f"{path} must take RGB [batch, 3, height, width], got {shape}."
        )
    if not (shape[2].is_dynamic and shape[3].is_dynamic):
        raise ModelError(
            f"{path} takes pictures of {shape[3]}x{shape[2]} alone; export it with "
            "open height and width."
        )
    return model


def _known(side: ov.Dimension) -> tuple[int, ...]:
    return (3,) if side.is_dynamic else (side.get_length(),)


def multiple_of(path: Path) -> int:
    """Returns of what height and width must be multiples, found by trial.

    Raises:
        ModelError: As `read_onnx`, or no size gives pictures of the same size.
    """
    model = read_onnx(path)
    for multiple in _MULTIPLES:
        side = multiple * (2 * (_SIDE // (2 * multiple)) + 1)  # odd: of no larger one
        if _fits(model.clone(), side):
            return multiple
    raise ModelError(
        f"{path} gives no picture of the size that it takes, whatever that is up to "
        f"multiples of {_MULTIPLES[-1]}; is it a network from pictures to pictures?"
    )


def _fits(model: ov.Model, side: int) -> bool:
    wanted = [1, 3, side, side]
    try:
        model.reshape(wanted)
    except RuntimeError:
        return False
    made = model.output().get_partial_shape()
    return bool(made == ov.PartialShape(wanted))


def picture_graph(model: ov.Model, depth: int) -> ov.Model:
    """Returns the network between whole numbers: [1, height, width, 3] in and out.

    Args:
        model: Takes and gives [batch, 3, height, width].
        depth: 8 for numbers of 0 to 255, 16 for those of 0 to 65535, as float32.
    """
    whole = model.input().get_element_type() == ov.Type.u8
    peak = np.float32(255 if whole else 1)
    levels = np.float32(2**depth - 1)
    kind = ov.Type.u8 if depth == 8 else ov.Type.f32
    pixels = ops.parameter([1, -1, -1, 3], kind)
    planes = ops.transpose(ops.convert(pixels, "f32"), np.array([0, 3, 1, 2]))
    given = ops.multiply(planes, peak / levels)
    given = ops.convert(
        ops.round(given, "half_to_even") if whole else given,
        model.input().get_element_type().get_type_name(),
    )
    entry = model.get_parameters()[0]
    entry.set_partial_shape(ov.PartialShape([1, 3, -1, -1]))
    for reader in entry.output(0).get_target_inputs():
        reader.replace_source_output(given.output(0))
    made = model.get_results()[0].input_value(0)
    light = ops.multiply(ops.convert(made, "f32"), levels / peak)
    rounded = ops.clamp(ops.round(light, "half_to_even"), 0.0, float(levels))
    result = ops.convert(
        ops.transpose(rounded, np.array([0, 2, 3, 1])), kind.get_type_name()
    )
    return ov.Model([ops.result(result)], [pixels], "picture")
