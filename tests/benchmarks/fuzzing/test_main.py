"""Damaged input for the real program: a few dozen that `benchmarks.fuzzing` tries."""

import json
from pathlib import Path
from random import Random

import pytest

from benchmarks.fuzzing.__main__ import SHARES, Tried, fuzzed
from benchmarks.fuzzing.mutations import BYTES, shuffle_parts
from benchmarks.fuzzing.trial import OLDER, Trial, judged
from benchmarks.fuzzing.warm import Ending
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


def rng(seed: int = 5) -> Random:
    return Random(seed)  # noqa: S311 - to be had again


def test_a_seed_makes_the_same_damage_again() -> None:
    whole = bytes(range(256)) * 20

    for name, damage in BYTES.items():
        first, again = (damage(whole, rng()) for _ in "ab")

        assert first == again, name
        assert first != whole, name


def test_boxes_are_moved_whole() -> None:
    boxes = [b"\0\0\0\x0cftypisom", b"\0\0\0\x08free", b"\0\0\0\x0amdatxy"]

    shuffled = {shuffle_parts(b"".join(boxes), rng(seed)) for seed in range(40)}

    assert boxes[1] + boxes[0] + boxes[2] in shuffled
    assert boxes[0] + boxes[2] in shuffled


@pytest.mark.parametrize(
    ("status", "errors", "older", "fault"),
    [
        (1, "derain: in.mp4 holds no video.\n", True, None),
        (1, "Segmentation fault\n", True, "status 1 without a line that says why"),
        (1, "Traceback (most recent call last):\nderain: x\n", True, "a traceback"),
        (-11, "", True, "status -11"),
        (0, "", True, "status 0, and nothing was written"),
        (1, "derain: no\n", False, "the older output gave way to nothing that plays"),
    ],
)
def test_what_counts_as_a_fault(
    tmp_path: Path, status: int, errors: str, older: bool, fault: str | None
) -> None:
    sink = tmp_path / "out.mp4"
    sink.write_bytes(OLDER if older else b"half")
    (tmp_path / "err").write_text(errors)
    (tmp_path / "out").write_text("")
    trial = Trial(kind="clip", seed="a", mutation="cut", arguments=(), sink=sink)

    found = judged(trial, Ending(status=status, seconds=1, hung=False), tmp_path)

    assert found.faults == ((fault,) if fault else ())


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
