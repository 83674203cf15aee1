"""What counts as a launch."""

import torch

from benchmarks.network.bench_training_launches import launches_in


def test_what_computes_is_counted_and_a_view_is_not() -> None:
    numbers = torch.zeros(4, 6)

    counts = launches_in(lambda: numbers.view(24)[:12].add(1).mul_(2))

    assert sum(counts.values()) == 2


def test_the_way_back_is_counted_too() -> None:
    numbers = torch.ones(3, requires_grad=True)

    counts = launches_in(lambda: (numbers * 2).sum().backward())  # type: ignore[no-untyped-call]  # torch's own stub

    assert counts["aten.mul.Tensor"] == 2
