"""A child and its pipe: nothing waits for one that does not read."""

import os
import sys
from collections.abc import Iterator

import pytest

from sinks.live.worker import process
from sinks.live.worker.process import ChildGoneError, WorkerProcess
from tests.support.patience import PATIENCE_SECONDS

ECHO = "import sys; print(sys.argv[1:], len(sys.stdin.buffer.read()), flush=True)"
DEAF = "import time; time.sleep(1000)"
MUCH = bytes(1 << 20)
"""More than a pipe holds."""


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[WorkerProcess]]:
    monkeypatch.setattr(process, "_LOOK_SECONDS", 0.001)
    started: list[WorkerProcess] = []
    yield started
    for child in started:
        child.end(seconds=0)
        child.lines.close()


def started(children: list[WorkerProcess], code: str) -> WorkerProcess:
    child = WorkerProcess([sys.executable, "-S", "-c", code])
    children.append(child)
    return child


def nothing() -> None:
    """Has no objection."""


def test_all_is_written_to_a_child_that_reads(children: list[WorkerProcess]) -> None:
    child = started(children, ECHO)

    child.write(MUCH, check=nothing, stop=lambda: False)
    child.end(seconds=PATIENCE_SECONDS)

    assert child.lines.read().decode() == f"['{os.getpid()}'] {len(MUCH)}\n"
    assert child.ended


def test_what_is_wrong_ends_a_writing_that_nobody_reads(
    children: list[WorkerProcess],
) -> None:
    child = started(children, DEAF)
    looks = iter([False, False, True])

    def check() -> None:
        if next(looks):
            raise ChildGoneError("no answer")

    with pytest.raises(ChildGoneError, match="no answer"):
        child.write(MUCH, check=check, stop=lambda: False)
    assert not child.ended


def test_a_stop_leaves_the_rest_out(children: list[WorkerProcess]) -> None:
    child = started(children, DEAF)
    stops = iter([False, True])

    child.write(MUCH, check=nothing, stop=lambda: next(stops))

    assert list(stops) == []


def test_a_child_that_does_not_end_is_killed(children: list[WorkerProcess]) -> None:
    child = started(children, DEAF)

    child.end(seconds=0)
    child.end(seconds=0)

    assert child.ended


def test_a_child_that_has_gone_breaks_the_pipe(children: list[WorkerProcess]) -> None:
    child = started(children, "")
    child._process.wait(PATIENCE_SECONDS)

    with pytest.raises(BrokenPipeError):
        child.write(MUCH, check=nothing, stop=lambda: False)
