"""No test hopes that something has happened by then: a list of what remains."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.support.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.checkout

CLOCKS = {"monotonic", "perf_counter", "process_time", "monotonic_ns", "time_ns"}
LIMITED = {"join", "wait", "communicate", "run", "get", "urlopen"}

SLEEPS = {
    "tests/live/program/test_audio.py": "sends pictures at the pace of a camera",
    "tests/live/reading/test_slow_cameras.py": "is a camera that is silent for a time",
    "tests/streamer/cli/ray/test_pieces.py": "waits for a worker to begin",
    "tests/streamer/live/test_pipeline.py": "gives way while another thread works",
    "tests/streamer/page/test_viewers.py": "gives way to the other tasks once",
    "tests/streamer/pipeline/test_file.py": "gives way while another thread works",
}
"""Where tests sleep, and what for."""
READ_CLOCKS = {
    "tests/live/program/test_audio.py": "sends pictures at the pace of a camera",
    "tests/streamer/live/test_pipeline.py": "stamps frames, as a source does",
    "tests/streamer/live/test_pipeline_planes.py": "stamps frames, as a source does",
    "tests/streamer/network/test_protocol.py": "stamps frames, as a source does",
    "tests/streamer/pipeline/test_file.py": "gives up where nothing goes on",
}
"""Where tests read a real clock, and what for: none asserts how long something took."""


def files_of_tests() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((PROJECT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield str(path.relative_to(PROJECT)), tree


def called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def test_no_test_sleeps_but_those_that_play_something_slow() -> None:
    sleeping = {
        name
        for name, tree in files_of_tests()
        if any(called(node) == "sleep" for node in ast.walk(tree))
    }

    assert sleeping <= set(SLEEPS)


def test_no_test_reads_a_clock_to_assert_how_long_something_took() -> None:
    reading = {
        name
        for name, tree in files_of_tests()
        if any(called(node) in CLOCKS for node in ast.walk(tree))
    }

    assert reading <= set(READ_CLOCKS)


def test_no_limit_is_shorter_than_a_busy_machine_needs() -> None:
    short = [
        f"{name}: {ast.unparse(node)}"
        for name, tree in files_of_tests()
        for node in ast.walk(tree)
        for seconds in limits_of(node)
        if 1 <= seconds < PATIENCE_SECONDS / 3
    ]

    assert short == []


def limits_of(node: ast.AST) -> Iterator[float]:
    """Limits in seconds that are written as numbers."""
    if not isinstance(node, ast.Call) or called(node) not in LIMITED:
        return
    values = [word.value for word in node.keywords if word.arg == "timeout"]
    if called(node) in {"join", "wait"} and len(node.args) == 1:
        values += node.args  # with more, as `lanes.wait(1, 0)`, it is another `wait`
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, int | float):
            yield float(value.value)


def test_the_list_names_only_what_is_there() -> None:
    for name in (*SLEEPS, *READ_CLOCKS):
        assert (PROJECT / Path(name)).is_file(), name
