"""What tells compiled forms of a kernel apart."""

from dataclasses import replace

import torch

from model.backends.triton.planning.launches import Launch

LAUNCH = Launch(
    kernel="convolve",
    grid=(4, 1),
    tensors={"x": torch.zeros(1, dtype=torch.float16)},
    sizes={"height": 8},
    constants={"OUT": 16},
)


def test_other_sizes_and_grids_take_the_same_form() -> None:
    other = replace(LAUNCH, grid=(9, 2), sizes={"height": 99})

    assert other.form == LAUNCH.form
    assert hash(other.form) == hash(LAUNCH.form)


def test_other_numbers_constants_and_warps_need_one_of_their_own() -> None:
    others = [
        replace(LAUNCH, kernel="gate"),
        replace(LAUNCH, tensors={"x": torch.zeros(1, dtype=torch.bfloat16)}),
        replace(LAUNCH, constants={"OUT": 32}),
        replace(LAUNCH, warps=8),
    ]

    assert len({LAUNCH.form, *(other.form for other in others)}) == 5
