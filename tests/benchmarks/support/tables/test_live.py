"""What documents say of the figures of live runs."""

import pytest

from benchmarks.support.tables.live import (
    fault_table,
    latency_row,
    soak_text,
    with_figures,
)

SOAK = {
    "seconds": 1788,
    "faults": 89,
    "rss_growth": 0.006,
    "threads_growth": 0.0,
    "descriptors_growth": 0.0,
    "most_children": 2,
    "orphans": 0,
    "files": 171,
    "files_broken": 0,
    "files_cut_by_full_disk": 9,
    "files_with_a_damaged_end": 9,
    "samples": [{"rss_mib": 107.4}],
}
LATENCY = {
    "serve": {"own_p50_ms": 38.0, "own_p95_ms": 49.0},
    "push": {"own_p50_ms": 37.0, "own_p95_ms": 46.0},
}


def test_columns_that_were_not_measured_are_left_out() -> None:
    old = {
        "fault": "camera killed",
        "stream_did": "goes on",
        "recovery_seconds": 1.39,
        "frames_lost": 35,
        "worst_write_ms": 0.0,
    }

    head, _, row = fault_table([old]).splitlines()

    assert "Longest gap" not in head
    assert row == "| camera killed | goes on | 1.4 s | 35 | 0 ms |"


def test_a_soak_is_told_with_its_growth() -> None:
    said = soak_text(SOAK)

    assert said.startswith("89 faults in 30 minutes")
    assert "memory grew by 0.6 %, to 107 MiB" in said


def test_figures_stand_between_their_marks() -> None:
    text = "Before.\n<!-- from latency.json -->\nold\n<!-- end -->\nBehind.\n"

    new = with_figures("docs/live.md", text, {"latency": LATENCY})

    assert "old" not in new
    assert new.startswith("Before.\n<!-- from latency.json -->\nAt 640x360")
    assert new.endswith("\n<!-- end -->\nBehind.\n")
    assert "49 / 46 ms p95" in latency_row(LATENCY)


def test_a_document_without_marks_is_an_error() -> None:
    with pytest.raises(ValueError, match="from latency"):
        with_figures("docs/live.md", "nothing", {"latency": LATENCY})
