import os
from pathlib import Path

import pytest

from model.cores import ThreadLayout, cores, hold_to, quota, threads_for
from model.errors import ModelError


def told(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(f"{text}\n")
    return folder


def test_a_quota_of_time_counts_as_so_many_cores(tmp_path: Path) -> None:
    groups = told(tmp_path / "groups", cpu__max="400000 100000")
    own = told(tmp_path, own="0::/") / "own"

    assert quota(groups, own) == 4


def test_a_part_of_a_core_counts_as_one(tmp_path: Path) -> None:
    groups = told(tmp_path / "groups", cpu__max="150000 100000")
    own = told(tmp_path, own="0::/") / "own"

    assert quota(groups, own) == 2


def test_without_a_quota_there_is_no_limit(tmp_path: Path) -> None:
    groups = told(tmp_path / "groups", cpu__max="max 100000")
    own = told(tmp_path, own="0::/") / "own"

    assert quota(groups, own) is None
    assert cores(groups, own) == len(os.sched_getaffinity(0))


def test_the_tightest_of_all_groups_above_counts(tmp_path: Path) -> None:
    groups = tmp_path / "groups"
    told(groups / "system.slice", cpu__max="100000 100000")
    told(groups / "system.slice" / "derain.service", cpu__max="300000 100000")
    own = told(tmp_path, own="0::/system.slice/derain.service") / "own"

    assert quota(groups, own) == 1
    assert cores(groups, own) == 1


@pytest.mark.parametrize(("time", "expected"), [("250000", 3), ("-1", None)])
def test_a_quota_of_the_first_version_counts_too(
    tmp_path: Path, time: str, expected: int | None
) -> None:
    group = tmp_path / "groups" / "cpu,cpuacct"
    told(group, cpu__cfs_quota_us=time, cpu__cfs_period_us="100000")
    own = told(tmp_path, own="5:memory:/a\n2:cpu,cpuacct:/docker/abc") / "own"

    assert quota(tmp_path / "groups", own) == expected


def test_where_nothing_is_told_all_cores_count(tmp_path: Path) -> None:
    assert cores(tmp_path, tmp_path / "none") == len(os.sched_getaffinity(0))


def test_threads_are_one_on_each_core_or_as_many_as_are_asked_for() -> None:
    assert threads_for(0) == cores()
    assert threads_for(1) == 1


def test_more_threads_than_cores_are_refused() -> None:
    asked = cores() + 1

    with pytest.raises(ModelError, match=f"{asked} threads were asked for; there are"):
        threads_for(asked)


def test_a_layout_is_said_as_people_say_it() -> None:
    assert str(ThreadLayout(1, 1)) == "1 thread in 1 stream"
    assert str(ThreadLayout(2, 4)) == "4 threads in 2 streams"


def test_a_process_that_shares_a_machine_keeps_to_its_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("model.cores._held", [])

    hold_to(1)

    assert cores() == 1
