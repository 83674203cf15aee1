import sys

import pytest

from benchmarks.support.measure import PROJECT, RESULTS, command
from benchmarks.support.tables.temporal import tables


def test_the_document_shows_what_was_measured() -> None:
    shown = (PROJECT / "docs" / "temporal.md").read_text(encoding="utf-8").splitlines()

    missing = [line for line in tables(RESULTS) if line not in shown]

    assert missing == []


def test_a_command_is_told_without_where_its_folders_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = "benchmarks.temporal.bench_temporal"
    words = ["bench", "--pairs", "/home/sets/a clip/", "--json"]
    monkeypatch.setattr(sys, "argv", words)

    told = command(module)

    assert told == f"python -m {module} --pairs 'sets/a clip' --json"
