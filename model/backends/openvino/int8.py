"""Puts the 8-bit form into an OpenVINO graph: what is quantised, and how.

A FakeQuantize node before a convolution's input and one on its weights say how both are
quantised; OpenVINO's CPU plugin makes integer arithmetic of them (its "low precision
transformations") and leaves everything else in the precision that it was asked for.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset13 as ops

from model.errors import ModelError
from model.quantisation import Quantisation, QuantParams

_PREFIX = "__module.network."
"""How the converter names what belongs to the network."""
_OUTPUT_AXIS = {"Convolution": 0, "ConvolutionBackpropData": 1}
"""Where a kind of convolution has its output channels in its weights."""


def quantise(model: ov.Model, quantisation: Quantisation) -> None:
    """Quantises the convolutions that are named to 8 bits.

    Raises:
        ModelError: The graph has no convolution of a name, or of other channels.
    """
    fakes = _Fakes()
    done: set[str] = set()
    for node in model.get_ordered_ops():
        name, phase, _number = network_name(node).partition(".phase")
        if node.get_type_name() in _OUTPUT_AXIS and name in quantisation.inputs:
            params = quantisation.inputs[name]
            _quantise_one(node, name, _unsigned(params) if phase else params, fakes)
            done.add(name)
    missing = quantisation.inputs.keys() - done
    if missing:
        raise ModelError(f"The graph has no convolution named {sorted(missing)[0]}.")


def _unsigned(params: QuantParams) -> QuantParams:
    """The parameters of a transposed convolution, for the plain ones it was split into.

    OpenVINO takes signed input in plain ones only with a loss: pictures became darker.
    """
    return params if params.zero_point is not None else replace(params, zero_point=128)


def network_name(node: ov.Node) -> str:
    """Returns the name in the network of the module that a node was made from."""
    return node.get_friendly_name().partition("/")[0].removeprefix(_PREFIX)


def constant(output: ov.Output) -> NDArray[np.float32]:
    """Returns the numbers of a constant.

    Raises:
        ModelError: It is none.
    """
    node = output.get_node()
    if node.get_type_name() != "Constant":
        raise ModelError(f"{node.get_friendly_name()} is not constant.")
    return np.asarray(node.get_data(), np.float32)


class _Fakes:
    """The FakeQuantize nodes made: what reads the same tensor shares them."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int, QuantParams, float], ov.Output] = {}

    def of(self, source: ov.Output, params: QuantParams, common: float) -> ov.Output:
        """Returns `source` quantised by `params`, as if all scales were `common`.

        What a concatenation joins is quantised before it, so that bytes are moved.
        """
        key = (
            source.get_node().get_friendly_name(),
            source.get_index(),
            params,
            common,
        )
        if key not in self._made:
            self._made[key] = self._new(source, params, common)
        return self._made[key]

    def _new(self, source: ov.Output, params: QuantParams, common: float) -> ov.Output:
        node = source.get_node()
        if node.get_type_name() == "Concat":
            parts = [
                self.of(part, own, common) for part, own in _parts_of(node, params)
            ]
            return ops.concat(parts, 1).output(0)
        return _fake(source, params, common)


def _parts_of(
    concat: ov.Node, params: QuantParams
) -> Iterator[tuple[ov.Output, QuantParams]]:
    """What is concatenated, each with the scales of its channels."""
    first = 0
    for part in concat.input_values():
        channels = part.get_partial_shape()[1].get_length()
        own = params.scales[first : first + channels]
        first += channels
        yield part, QuantParams(zero_point=params.zero_point, scales=own)


def _fake(source: ov.Output, params: QuantParams, common: float) -> ov.Output:
    own = np.array(params.scales, np.float32).reshape(1, -1, 1, 1)
    low, high = np.float32(params.lowest), np.float32(params.highest)
    bounds = (
        low * own,
        high * own,
        low * np.float32(common),
        high * np.float32(common),
    )
    levels = params.highest - params.lowest + 1
    node = ops.fake_quantize(source, *(ops.constant(b) for b in bounds), levels)
    return node.output(0)


def _quantise_one(node: ov.Node, name: str, params: QuantParams, fakes: _Fakes) -> None:
    kind = node.get_type_name()
    weights = constant(node.input_value(1))
    axis = _OUTPUT_AXIS[kind]
    if len(params.scales) != weights.shape[1 - axis]:
        raise ModelError(
            f"{name} takes {weights.shape[1 - axis]} channels; the int8 scales are for "
            f"{len(params.scales)}."
        )
    common = max(params.scales)
    shape = [1, 1, 1, 1]
    shape[1 - axis] = -1
    own = np.array(params.scales, np.float32).reshape(shape) / np.float32(common)
    scaled = weights * own
    peak = _peak(scaled, axis)
    node.input(1).replace_source_output(_fake_weights(scaled, peak))
    if params.means:
        quantised = (scaled / peak * 127).round() * peak / 127 / own
        _add(node, _lost_mean(node, weights, quantised, params))
    source = fakes.of(node.input_value(0), params, common)
    node.input(0).replace_source_output(source)


def _peak(weights: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    others = tuple(n for n in range(weights.ndim) if n != axis)
    peak: NDArray[np.float32] = np.abs(weights).max(axis=others, keepdims=True)
    return peak.clip(min=1e-8)


def _fake_weights(weights: NDArray[np.float32], peak: NDArray[np.float32]) -> ov.Output:
    """Integers of -127 to 127, with a scale for each output channel."""
    bounds = (ops.constant(sign * peak) for sign in (-1, 1, -1, 1))
    return ops.fake_quantize(ops.constant(weights), *bounds, 255).output(0)


def _lost_mean(
    node: ov.Node,
    weights: NDArray[np.float32],
    quantised: NDArray[np.float32],
    params: QuantParams,
) -> NDArray[np.float32]:
    """What each output channel loses on average, [1, channels, 1, 1].

    Weights are rounded once and for all, so that what they lose leans to one side and
    adds up from layer to layer: Nagel et al., "Data-Free Quantization Through Weight
    Equalization and Bias Correction", ICCV 2019, arXiv:1906.04721.
    """
    means = np.array(params.means, np.float32)
    quantised_means = np.array(params.quantised_means, np.float32)
    if node.get_type_name() == "Convolution":
        lost = weights.sum((2, 3)) @ means - quantised.sum((2, 3)) @ quantised_means
    else:  # each place gets one in (stride x stride) of the kernel's weights
        lost = means @ weights.sum((2, 3)) - quantised_means @ quantised.sum((2, 3))
        lost /= np.prod(node.get_strides())
    return lost.reshape(1, -1, 1, 1).astype(np.float32)


def _add(node: ov.Node, numbers: NDArray[np.float32]) -> None:
    """Adds to a convolution's output: to its bias where it has one."""
    readers = list(node.output(0).get_target_inputs())
    after = readers[0].get_node()
    if len(readers) == 1 and after.get_type_name() == "Add":
        bias = after.input(1 - readers[0].get_index())
        if bias.get_source_output().get_node().get_type_name() == "Constant":
            both = constant(bias.get_source_output()) + numbers
            bias.replace_source_output(ops.constant(both).output(0))
            return
    total = ops.add(node, ops.constant(numbers))
    for reader in readers:
        reader.replace_source_output(total.output(0))
