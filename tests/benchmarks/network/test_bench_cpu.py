import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.network import bench_cpu
from benchmarks.network.bench_cpu import _ratios, in_turns
from tests.support.fakes import PassThrough


def test_networks_take_turns_with_all_their_slots_and_the_first_is_not_counted() -> (
    None
):
    runners = {"one": PassThrough(slots=1), "two": PassThrough(slots=2)}

    wall, processor = in_turns(runners, (64, 48), 0)

    assert wall.keys() == processor.keys() == runners.keys()
    assert [len(times) for times in wall.values()] == [3, 3]
    assert [network.pictures for network in runners.values()] == [4, 8]
    assert all(time > 0 for times in wall.values() for time in times)


def test_a_gain_is_of_each_round() -> None:
    assert _ratios([10.0, 30.0], [5.0, 10.0]) == [2.0, 3.0]
    with pytest.raises(ValueError, match="shorter"):
        _ratios([1.0, 2.0], [1.0])


def test_of_another_checkout_its_commit_is_told_and_not_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = tmp_path / "a place of one machine"
    checkout.mkdir()
    git = ["git", "-c", "user.name=any", "-c", "user.email=any@example.org"]
    subprocess.run([*git, "init", "-q"], cwd=checkout, check=True)
    empty = ["commit", "-q", "--allow-empty", "-m", "first"]
    subprocess.run([*git, *empty], cwd=checkout, check=True)
    for name in ("precisions", "streams", "times_as_fast", "against"):
        monkeypatch.setattr(
            bench_cpu, name, lambda *given: [str(part) for part in given]
        )
    words = ["bench_cpu", "--sizes", "64x48", "--against", str(checkout)]
    monkeypatch.setattr(sys, "argv", words)

    bench_cpu.main()

    told = json.loads(capsys.readouterr().out)
    commit = told["settings"]["against"]
    assert len(commit) == 12
    assert told["settings"]["command"].endswith(f"--sizes 64x48 --against {commit}")
    assert "a place" not in json.dumps(told["settings"])
    assert told["results"]["against"] == [str(checkout), "10", "[(64, 48)]"]
