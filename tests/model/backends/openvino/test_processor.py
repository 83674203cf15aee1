import openvino as ov
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
    ("machine", "able", "precisions"),
    [
        ("x86_64", ["FP32", "INT8"], ["fp32"]),
        ("x86_64", ["FP32", "FP16", "INT8", "BF16"], ["bf16", "fp32"]),
        ("aarch64", ["FP32", "FP16", "INT8"], ["fp16", "fp32"]),
        ("aarch64", ["FP32"], ["fp32"]),
    ],
)
def test_half_numbers_are_those_that_the_kind_of_processor_has(
    monkeypatch: pytest.MonkeyPatch, machine: str, able: list[str], precisions: object
) -> None:
    monkeypatch.setattr(ov.Core, "get_property", lambda *_: able)
    monkeypatch.setattr("platform.machine", lambda: machine)

    assert cpu_precisions() == precisions
    assert unquantised_precision("fp32", None) == "fp32"


@pytest.mark.parametrize(
    ("precision", "told"),
    [
        ("fp16", "fp32 or int8, not in fp16."),
        ("int8", "There are no int8 steps for these weights"),
        ("fp64", "fp32 or int8, not in fp64."),
    ],
)
def test_a_precision_that_cannot_be_had_is_refused(precision: str, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        unquantised_precision(precision, None)
