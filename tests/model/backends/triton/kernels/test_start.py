"""The Triton kernels against PyTorch, in Triton's interpreter on the CPU."""

import pytest

from tests.support.kernels.interpreted import interpreted

pytest.importorskip("triton", reason="NOT CHECKED: the kernels; triton is not here")

ROUNDED = {"fp16": 0.0004, "bf16": 0.005}
"""What rounding the result alone makes; a wrong tap would make a hundred times that."""
CASES = "tests.support.kernels.triton_cases"
TWICE = {"fp16": 0.0008, "bf16": 0.02}
"""Where what lies between is rounded, too."""


@pytest.mark.slow
def test_every_step_computes_what_pytorch_does_on_odd_and_even_sizes() -> None:
    found = interpreted(CASES, "steps")

    assert len(found) == 23
    for name, error in found.items():
        case, _, kind = name.rpartition(", ")
        limit = (TWICE if case == "attention" else ROUNDED)[kind]
        assert error < limit, (name, error)


@pytest.mark.slow
def test_windows_from_the_copy_engine_give_the_same_bit_for_bit() -> None:
    found = interpreted(CASES, "boxed")

    assert len(found) == 10
    assert all(found.values()), found


@pytest.mark.slow
def test_scales_side_by_side_give_the_same_in_any_order_bit_for_bit() -> None:
    found = interpreted(CASES, "lanes")

    assert all(found["equal"])
    assert min(found["changes"]) > 10


@pytest.mark.slow
def test_a_whole_network_finds_the_rain_that_pytorch_finds() -> None:
    found = interpreted(CASES, "network")

    assert found["rain"] < 1e-5
    assert found["bf16"] < ROUNDED["bf16"]
    assert found["orders are equal"]


@pytest.mark.slow
def test_the_light_network_with_its_weights_is_as_near_as_16_bits_allow() -> None:
    assert interpreted(CASES, "lite")["decibels"] > 70


@pytest.mark.slow
def test_pictures_of_a_batch_go_through_the_backend_as_each_alone() -> None:
    found = interpreted(CASES, "backend")

    assert found["batch"] == 8
    assert found["called"] == "triton"
    assert found["levels apart"] < 1
    assert found["alone as in the batch"]
    assert found["forms"] == ["triton-scales", "triton-boxed"]
    assert found["of a wrong form"] == "triton-scales is not what triton computes here."
