"""The training's kernels compile for cards that are not here, and are counted."""

import json
from collections import Counter

import pytest
import torch

from benchmarks.support.measure import RESULTS
from benchmarks.support.training_kernels import CAPABILITIES, forms, noted
from training.device.fused_sums import added, weighed

pytest.importorskip("triton", reason="NOT CHECKED: that kernels compile; no triton")


def test_the_kept_table_is_of_the_kernels_as_they_are() -> None:
    kept = json.loads((RESULTS / "training_launches.json").read_text(encoding="utf-8"))

    tables = kept["results"]["kernels of 32 channels"]
    for kind, name in ((torch.bfloat16, "bf16"), (torch.float32, "fp32")):
        assert tables[name].keys() == forms(kind).keys()
        for cards in tables[name].values():
            assert cards.keys() == {f"sm_{card}" for card in CAPABILITIES}
            assert all(taken["stack_bytes"] == 0 for taken in cards.values())


def test_kernels_are_counted_both_ways_in_the_place_of_being_started() -> None:
    x, y = (
        torch.zeros(1, 8, 4, 4)
        .contiguous(memory_format=torch.channels_last)
        .requires_grad_()
        for _ in range(2)
    )
    slope = torch.zeros(8, requires_grad=True)
    counts: Counter[str] = Counter()

    with noted(counts):
        made = weighed(added(x, (y, slope)), y, torch.sigmoid)
        made.sum().backward()  # type: ignore[no-untyped-call]  # torch's own stub

    names = ("add", "add_back", "weigh", "weights_back", "weigh_back")
    once = {f"sum_kernels.{name}": 1 for name in names}
    assert counts == {**once, "prelu_kernels.finish": 2}
