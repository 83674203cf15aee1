"""A block in one launch, in Triton's interpreter: one program, and three that meet."""

import pytest

from tests.support.kernels.interpreted import interpreted

pytest.importorskip("triton", reason="NOT CHECKED: the kernels; triton is not here")

CASES = "tests.support.kernels.persistent_cases"
ROUNDED = {"fp16": 0.0008, "bf16": 0.03}
"""What rounding between the layers makes."""


@pytest.mark.slow
def test_a_block_in_one_launch_is_that_of_a_launch_a_layer_bit_for_bit() -> None:
    found = interpreted(CASES, "blocks")

    for name, value in found.items():
        if name.startswith("to PyTorch"):
            assert value < ROUNDED[name.split()[2]], name
        elif name.startswith("grids"):
            assert min(value) > 1, name  # several programs, which waited for others
        else:
            assert value is True, name
    assert sum("3 programs" in name for name in found) == 2


@pytest.mark.slow
def test_a_network_with_such_blocks_is_the_same_in_fewer_launches() -> None:
    found = interpreted(CASES, "network")

    assert found["equal"]
    assert found["launches less"] == 6 + 7
