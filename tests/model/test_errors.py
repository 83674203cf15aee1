"""What a device that fails is said to have."""

import sys

import pytest
import torch

from model.errors import (
    DeviceMemoryError,
    is_out_of_memory,
    lost_device,
    out_of_memory_errors,
)


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("CUDA error: out of memory", True),
        ("CUDA_ERROR_OUT_OF_MEMORY: out of memory", True),
        ("cuDNN error: CUDNN_STATUS_ALLOC_FAILED", True),
        ("CUDA error: an illegal memory access was encountered", False),
        ("", False),
    ],
)
def test_a_full_memory_is_told_from_other_errors(text: str, full: bool) -> None:
    assert is_out_of_memory(RuntimeError(text)) is full


def test_pytorchs_own_error_counts_where_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert out_of_memory_errors() == (DeviceMemoryError, torch.OutOfMemoryError)

    monkeypatch.delitem(sys.modules, "torch")

    assert out_of_memory_errors() == (DeviceMemoryError,)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("unspecified launch failure\nCUDA kernel errors ...", "unspecified launch"),
        ("", "RuntimeError"),
    ],
)
def test_a_device_that_is_lost_is_one_line(text: str, line: str) -> None:
    error = lost_device("cuda:1", RuntimeError(text))

    assert str(error).startswith(f"The device cuda:1 failed: {line}")
    assert "\n" not in str(error)
