import numpy as np
import openvino as ov
import pytest
from openvino import opset13 as ops

from model.backends.openvino.kernels import by_vector_kernels
from model.backends.openvino.processor import sums_bytes_in_vectors


def a_convolution_of_bytes() -> ov.Model:
    rng = np.random.default_rng(0)
    pixels = ops.parameter([1, 32, 24, 40], np.float32)
    weights = rng.normal(size=(32, 32, 3, 3)).astype(np.float32)
    ends = (np.float32(end) for end in (0, 1, 0, 1))
    peaks = (np.float32(end) for end in (-4, 4, -4, 4))
    convolved = ops.convolution(
        ops.fake_quantize(pixels, *ends, 256),
        ops.fake_quantize(ops.constant(weights), *peaks, 255),
        [1, 1], [1, 1], [1, 1], [1, 1],
    )  # fmt: skip
    return ov.Model([ops.result(convolved)], [pixels], "bytes")


def kernel_and_result(model: ov.Model) -> tuple[str, np.ndarray]:
    compiled = ov.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    values = np.random.default_rng(1).random((1, 32, 24, 40), np.float32)
    found = next(iter(compiled(values).values()))
    [kernel] = [
        node.get_rt_info()["primitiveType"].astype(str)
        for node in compiled.get_runtime_model().get_ordered_ops()
        if node.get_rt_info()["layerType"].astype(str) == "Convolution"
    ]
    return kernel, found


def test_other_kernels_give_the_same() -> None:
    _, expected = kernel_and_result(a_convolution_of_bytes())

    _, found = kernel_and_result(by_vector_kernels(a_convolution_of_bytes()))

    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.skipif(
    not sums_bytes_in_vectors(), reason="the processor has no such kernels, or AMX"
)
def test_the_kernels_for_vectors_are_taken() -> None:
    kernel, _ = kernel_and_result(by_vector_kernels(a_convolution_of_bytes()))

    assert kernel.startswith("jit_avx512")
    assert kernel.endswith("I8")
