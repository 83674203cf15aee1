"""Joins four maps into one of double height and width, by OpenVINO's own layer.

The converter writes `model.mspfn.phases.together` as shapes, a transposition and more
shapes, of which OpenVINO makes slow copies, and whose channels it does not know.
"""

import numpy as np
import openvino as ov
from openvino import opset13 as ops

PLACES = 4
"""In a square of 2 x 2."""
_ORDER = (0, 3, 4, 1, 5, 2)
"""Of [batch, row, column, channels, height, width], as `together` permutes it."""


def laid_together(maps: ov.Output) -> ov.Node:
    """Returns [batch, channels, 2 height, 2 width] of four maps in one's channels."""
    return ops.depth_to_space(maps, "blocks_first", 2)


def use_own_layer(model: ov.Model) -> None:
    """Puts OpenVINO's layer in the place of what the converter wrote."""
    for node in model.get_ordered_ops():
        if node.get_type_name() != "Reshape":
            continue
        permuted = node.input_value(0).get_node()
        if permuted.get_type_name() != "Transpose" or not _is_order(permuted):
            continue
        squares = permuted.input_value(0).get_node()
        made = laid_together(squares.input_value(0))
        for reader in node.output(0).get_target_inputs():
            reader.replace_source_output(made.output(0))


def _is_order(transposed: ov.Node) -> bool:
    order = transposed.input_value(1).get_node()
    if order.get_type_name() != "Constant":
        return False
    return tuple(np.asarray(order.get_data()).tolist()) == _ORDER
