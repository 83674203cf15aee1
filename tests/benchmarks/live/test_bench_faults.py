from dataclasses import asdict

from benchmarks.live.bench_faults import CASES, Outcome
from benchmarks.support.tables.live import fault_table

OUTCOME = Outcome(
    error="camera frozen for 6 s, tcp",
    stream_did="stalled → streaming",
    recovery_seconds=1.26,
    frames_lost=150,
    worst_write_ms=12.6,
    viewer_gap_seconds=6.04,
    health="no fresh frame, stalled",
)


def test_each_outcome_is_a_row() -> None:
    head, line, row = fault_table([asdict(OUTCOME)]).splitlines()

    assert head.count("|") == line.count("|") == row.count("|") == 8
    assert row == (
        "| camera frozen for 6 s, tcp | stalled → streaming | 1.3 s | 150 | 13 ms | "
        "6.0 s | no fresh frame, stalled |"
    )


def test_what_never_went_away_did_not_come_back() -> None:
    lossy = Outcome(
        error="2 % lost",
        stream_did="goes on",
        recovery_seconds=None,
        frames_lost=9,
        worst_write_ms=1,
        viewer_gap_seconds=0,
        health="ok all the time",
    )

    assert "| goes on | - | 9 |" in fault_table([asdict(lossy)])
    assert len(CASES) == 15
