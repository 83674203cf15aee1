"""The Triton kernels compile for cards that are not here, and fit them."""

import json

import pytest
import torch

from benchmarks.network.bench_triton_compile import (
    CARDS,
    KINDS,
    PERSISTENT,
    name_of,
    on_paper,
)
from benchmarks.support.measure import RESULTS
from benchmarks.support.triton_ahead import compiled, forms_of, launches_of
from model.backends.triton.forms import Form, Order

pytest.importorskip("triton", reason="NOT CHECKED: that kernels compile; no triton")

ORDERS: tuple[Order, ...] = ("modules", "scales")


@pytest.mark.slow
def test_a_convolution_compiles_for_hopper_without_a_gpu() -> None:
    launches = launches_of("mspfn-lite", (64, 96), torch.float16)
    [plain] = [
        one
        for one, _ in forms_of(launches)
        if name_of(one) == "convolve HAS1=32 ROOM1=32 HAS=32 OUT=32 STRIDE=2 PRELU=1"
    ]

    taken = compiled(plain, 90)

    assert taken.stack_bytes == 0
    assert 0 < taken.registers < 255
    assert 0 < taken.shared_bytes < 100_000


def test_launches_do_not_grow_with_the_picture_and_bytes_do() -> None:
    small, large = on_paper((64, 96)), on_paper((128, 192))

    assert small["launches"] == large["launches"]
    assert large["mbyte"] > 3 * small["mbyte"]


def test_going_scale_by_scale_starts_the_same_kernels() -> None:
    one, other = (
        launches_of("mspfn-lite", (64, 96), torch.float16, Form(order=order))
        for order in ORDERS
    )

    assert sorted(map(name_of, one)) == sorted(map(name_of, other))


def test_the_kept_table_is_of_the_kernels_as_they_are() -> None:
    kept = json.loads((RESULTS / "triton_compile.json").read_text(encoding="utf-8"))

    for kind, number in KINDS.items():
        forms = kept["results"]["forms"][kind]
        launches = launches_of("mspfn-lite", (720, 1280), number)
        expected = {name_of(one): count for one, count in forms_of(launches)}
        assert {name: form["launches"] for name, form in forms.items()} == expected
        for form in forms.values():
            assert {f"sm_{card}" for card in CARDS} <= form.keys()
            assert all(form[f"sm_{card}"]["stack_bytes"] == 0 for card in CARDS)
    assert kept["results"]["on paper, fp16"]["720p"] == on_paper((720, 1280))


def test_windows_by_the_copy_engine_are_compiled_for_hopper_without_a_spill() -> None:
    kept = json.loads((RESULTS / "triton_compile.json").read_text(encoding="utf-8"))

    for kind, number in KINDS.items():
        launches = launches_of("mspfn-lite", (720, 1280), number, Form(boxed=True))
        expected = {name_of(one) for one, _ in forms_of(launches) if one.boxes}
        forms = kept["results"]["boxed"][kind]
        assert forms.keys() == expected
        assert all(form["sm_90"]["stack_bytes"] == 0 for form in forms.values())


def test_blocks_in_one_launch_are_compiled_so_that_two_programs_fit_each_card() -> None:
    kept = json.loads((RESULTS / "triton_compile.json").read_text(encoding="utf-8"))

    for kind, number in KINDS.items():
        launches = launches_of("mspfn-lite", (720, 1280), number, Form(persistent=2))
        expected = {name_of(one) for one, _ in forms_of(launches) if one.cooperative}
        forms = kept["results"]["persistent"][kind]
        assert forms.keys() == expected
        for form in forms.values():
            taken = [form[f"sm_{card}"] for card in CARDS]
            assert all(one["stack_bytes"] <= 8 for one in taken)
            assert all(one["registers"] * 4 * 32 * 2 <= 65_536 for one in taken)


@pytest.mark.parametrize(
    ("arranged", "launches"), list(zip(PERSISTENT, (108, 73), strict=True))
)
def test_blocks_in_one_launch_leave_fewer_launches_and_move_fewer_bytes(
    arranged: str, launches: int
) -> None:
    kept = json.loads((RESULTS / "triton_compile.json").read_text(encoding="utf-8"))

    now, plain = on_paper((720, 1280), arranged), on_paper((720, 1280))

    assert now["launches"] == launches
    assert now["mbyte"] < plain["mbyte"]
    assert kept["results"]["on paper, fp16, persistent"][arranged]["720p"] == now
