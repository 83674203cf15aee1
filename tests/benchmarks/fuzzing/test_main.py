"""Damaged input for the real program: a few dozen that `benchmarks.fuzzing` tries."""

import json
from pathlib import Path

import pytest

from benchmarks.fuzzing.__main__ import SHARES, Tried, fuzzed
from benchmarks.support.measure import SCHEMA
from tests.conftest import PROJECT

SEED = 2020
FAILED_ONCE = (191, 230, 566, 1846, 5597)
"""Text behind a long first gap; a video whose codec nobody knows, twice; a packet of
audio that MP4 refuses; a time stamp
that is weeks away."""
RUN = ("clip", "picture", "streams", "rtsp")


@pytest.mark.slow
def test_damaged_input_ends_in_one_line_and_takes_nothing_away(tmp_path: Path) -> None:
    numbers = (*FAILED_ONCE, *range(36))

    tried = list(fuzzed(numbers, seed=SEED, folder=tmp_path, kinds=RUN))

    assert len(tried) >= 30
    assert [told(one) for one in tried if one.outcome.faults] == []
    assert {one.outcome.ending.status for one in tried} == {0, 1}


def told(one: Tried) -> str:
    return f"{one.number}: {one.outcome.faults}, {one.outcome.said}"


def test_the_shares_are_of_a_hundred() -> None:
    assert sum(SHARES.values()) == 100


def test_the_committed_figures_are_of_all_kinds_and_name_each_fault() -> None:
    path = PROJECT / "benchmarks" / "results" / "fuzz.json"
    written = json.loads(path.read_text())
    found = written["results"]
    kinds = {
        kind: sum(own["exit_status"].values()) for kind, own in found["kinds"].items()
    }

    assert written["schema"] == SCHEMA
    assert set(kinds) == set(SHARES)
    assert all(kinds.values())
    assert sum(kinds.values()) == found["inputs"]
    strange = [
        status
        for own in found["kinds"].values()
        for status in own["exit_status"]
        if status not in {"0", "1", "2"}
    ]
    assert len(strange) <= len(found["faults"])
