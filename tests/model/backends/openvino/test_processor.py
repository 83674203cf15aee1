import pytest

from model import ModelError
from model.backends.openvino.processor import (
    cpu_precisions,
    stream_counts,
    unquantised_precision,
)


@pytest.mark.parametrize(
    ("cores", "counts"), [(1, [1]), (2, [1, 2]), (4, [1, 2, 4]), (16, [1, 4, 8, 16])]
)
def test_few_numbers_of_streams_are_tried(cores: int, counts: list[int]) -> None:
    assert stream_counts(cores) == counts


def test_every_processor_computes_in_fp32() -> None:
    assert cpu_precisions()[-1] == "fp32"
    assert unquantised_precision("fp32", None) == "fp32"


@pytest.mark.parametrize(
    ("precision", "told"),
    [
        ("fp16", "OpenVINO on the CPU computes in fp32, bf16 or int8, not in fp16."),
        ("int8", "There are no int8 steps for these weights"),
        ("fp64", "This processor does not compute in fp64."),
    ],
)
def test_a_precision_that_cannot_be_had_is_refused(precision: str, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        unquantised_precision(precision, None)
