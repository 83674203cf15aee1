import pytest

from model import VARIANTS
from model.cost import cost_of
from streamer.cli.bench.peaks import Peaks, floor_of

LITE = VARIANTS["mspfn-lite"]


def test_the_floor_is_the_slower_of_operations_and_traffic() -> None:
    cost = cost_of(LITE, 64, 64)
    peaks = Peaks(device="cpu", gflops={"fp32": 1.0}, gigabytes_s=1000.0)

    found = floor_of(cost, "fp32", peaks, fps=1.0)

    assert found["floor_ms"] == found["compute_ms"] > found["memory_ms"]
    assert found["share"] == pytest.approx(found["floor_ms"] / 1000, rel=0.01)


def test_without_a_peak_there_is_no_floor() -> None:
    peaks = Peaks(device="cpu", gflops={}, gigabytes_s=1.0)

    found = floor_of(cost_of(LITE, 64, 64), "int8", peaks, fps=1.0)

    assert found["floor_ms"] is None
    assert found["share"] is None
