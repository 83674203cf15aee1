from model.cost import Cost
from streamer.cli.bench.peaks import Peaks, floor_of

COST = Cost(parameters=10, gmacs=2.0, gmacs_full_cell=3.0, numbers_moved=500_000_000)


def test_the_floor_is_the_slower_of_operations_and_traffic() -> None:
    peaks = Peaks(device="cpu", gflops={"fp32": 40.0, "bf16": 8000.0}, gigabytes_s=50.0)

    full = floor_of(COST, "fp32", peaks, fps=5.0)
    half = floor_of(COST, "bf16", peaks, fps=25.0)

    assert (full["compute_ms"], full["memory_ms"]) == (100.0, 40.0)
    assert (full["floor_ms"], full["share"]) == (100.0, 0.5)
    assert (half["compute_ms"], half["memory_ms"]) == (0.5, 20.0)
    assert (half["floor_ms"], half["share"]) == (20.0, 0.5)
    assert (full["gmacs"], full["megabytes"], half["megabytes"]) == (2.0, 2000.0, 1000)


def test_without_a_peak_there_is_no_floor() -> None:
    peaks = Peaks(device="cpu", gflops={}, gigabytes_s=50.0)

    found = floor_of(COST, "int8", peaks, fps=1.0)

    assert found["memory_ms"] == 10.0
    assert (found["compute_ms"], found["floor_ms"], found["share"]) == (None,) * 3
