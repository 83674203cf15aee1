import numpy as np
import openvino as ov
import pytest
from openvino import opset13 as ops

from model.backends.openvino.int8 import quantise
from model.quantisation import Quantisation, QuantParams

_NAME = "__module.network.it/aten::_convolution/Convolution"


def a_graph(kind: str, *, biased: bool = False) -> ov.Model:
    """One convolution of 3 channels to 2; stride 2 where it is a transposed one."""
    rng = np.random.default_rng(0)
    pixels = ops.parameter([1, 3, 32, 32], np.float32)
    if kind == "conv":
        weights = rng.normal(0.2, 1, (2, 3, 3, 3)).astype(np.float32)
        node = ops.convolution(pixels, weights, [1, 1], [1, 1], [1, 1], [1, 1])
    else:
        weights = rng.normal(0.2, 1, (3, 2, 3, 3)).astype(np.float32)
        node = ops.convolution_backprop_data(
            pixels, weights, [2, 2], pads_begin=[1, 1], pads_end=[1, 1],
            dilations=[1, 1], output_padding=[1, 1],
        )  # fmt: skip
    node.set_friendly_name(_NAME)
    if biased:
        node = ops.add(node, np.full((1, 2, 1, 1), 7, np.float32))
    return ov.Model([ops.result(node)], [pixels], kind)


def pixels() -> np.ndarray:
    values = np.random.default_rng(1).random((1, 3, 32, 32), np.float32)
    return values * np.array([1, 10, 0.1], np.float32).reshape(1, 3, 1, 1)


def result(model: ov.Model) -> np.ndarray:
    run = ov.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return next(iter(run(pixels()).values()))


def counted(model: ov.Model, steps: QuantParams) -> np.ndarray:
    quantise(model, Quantisation(weights_sha256="any", inputs={"it": steps}))
    model.validate_nodes_and_infer_types()
    return result(model)


def steps_for(zero: int | None, *, clipped_at: float = 1.0) -> QuantParams:
    """For what `pixels` holds, and its means."""
    held = pixels()[0].reshape(3, -1)
    highest = 127 if zero is None else 255 - zero
    own = clipped_at * np.array([1, 10, 0.1]) / highest
    after = (held / own[:, None]).round().clip(max=highest) * own[:, None]
    return QuantParams(
        zero_point=zero,
        scales=tuple(own.tolist()),
        means=tuple(held.mean(1).tolist()),
        quantised_means=tuple(after.mean(1).tolist()),
    )


@pytest.mark.parametrize("kind", ["conv", "up"])
@pytest.mark.parametrize("zero", [0, 16, None])
@pytest.mark.parametrize("biased", [False, True])
def test_counting_in_bytes_stays_close_to_the_exact_sum(
    kind: str, zero: int | None, biased: bool
) -> None:
    exact = result(a_graph(kind, biased=biased))

    found = counted(a_graph(kind, biased=biased), steps_for(zero))

    assert np.sqrt(np.mean((found - exact) ** 2)) < 0.02 * exact.std()


@pytest.mark.parametrize("kind", ["conv", "up"])
@pytest.mark.parametrize("biased", [False, True])
def test_what_clipping_takes_on_average_is_given_back(kind: str, biased: bool) -> None:
    inside = (..., slice(2, -2), slice(2, -2))  # the border sees fewer pixels
    exact = result(a_graph(kind, biased=biased))[inside].mean((0, 2, 3))
    steps = steps_for(0, clipped_at=0.6)
    bare = QuantParams(zero_point=0, scales=steps.scales)

    found = counted(a_graph(kind, biased=biased), steps)[inside].mean((0, 2, 3))
    without = counted(a_graph(kind, biased=biased), bare)[inside].mean((0, 2, 3))

    assert np.all(np.abs(found - exact) < 0.1 * np.abs(without - exact))
