import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from benchmarks.bench_gpu import _apart, run_parts, table
from benchmarks.support.gpu_parts import kernels
from benchmarks.support.gpu_subjects import Subject
from benchmarks.support.gpu_trace import busy, drawn, lanes_in, together
from tests.conftest import PROJECT

EVENTS = [
    {"cat": "kernel", "ph": "X", "ts": 0, "dur": 10, "args": {"stream": 7}},
    {"cat": "kernel", "ph": "X", "ts": 20, "dur": 10, "args": {"stream": 7}},
    {"cat": "gpu_memcpy", "ph": "X", "ts": 5, "dur": 10, "args": {"stream": 13}},
    {"cat": "cpu_op", "ph": "X", "ts": 0, "dur": 99},
]


def test_a_trace_tells_which_streams_work_at_the_same_time() -> None:
    lanes = lanes_in(EVENTS)

    assert lanes == {"stream 13": [(5, 15)], "stream 7": [(0, 10), (20, 30)]}
    assert busy(lanes["stream 7"]) == pytest.approx(2 / 3, abs=0.001)
    assert together(lanes) == pytest.approx(5 / 30, abs=0.001)
    assert drawn(lanes).shape == (180, 1600, 3)


def test_a_trace_without_a_gpu_shares_nothing() -> None:
    assert lanes_in(EVENTS[-1:]) == {}
    assert together({}) == 0.0


def test_the_kernels_part_says_what_agrees() -> None:
    found = kernels(Subject(dry=True))

    assert all(found["equal to the definition"].values())
    assert found["tiny"]["to_planes_us"] > 0


def test_without_time_left_a_part_is_named_and_left_out(tmp_path: Path) -> None:
    times = iter([0.0, 515.0, 515.0])
    given = Namespace(budget=520.0, dry=True, json=tmp_path / "gpu.json")

    results = run_parts(["kernels", "floor"], given, lambda: next(times))

    assert results["floor"] == {"failed": "no time was left"}
    assert "floor" in table(results)
    written = json.loads((tmp_path / "gpu.json").read_text())
    assert written["results"]["kernels"]["failed"] == "no time was left"


@pytest.mark.slow
def test_a_part_that_takes_too_long_ends_with_all_it_has_started() -> None:
    found = _apart("tests", Namespace(dry=True, json=None), 0.5)

    assert found == {"failed": "not done in 0 s"}


@pytest.mark.slow
def test_a_part_that_fails_leaves_the_others_their_results(tmp_path: Path) -> None:
    out = tmp_path / "gpu.json"
    command = [sys.executable, "-m", "benchmarks.bench_gpu", "--json", str(out)]

    done = subprocess.run(
        [*command, "--dry", "--parts", "nonsense,kernels"],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )

    assert done.returncode == 0, done.stderr
    results = json.loads(out.read_text())["results"]
    assert "nonsense" in results["nonsense"]["failed"]
    assert results["kernels"]["equal to the definition"]
    assert "tiny" in done.stdout
