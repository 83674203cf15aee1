"""The limits of a fuzzed run: of processor time, and of the clock."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fuzzing.warm import Ending, Order, watch

pytestmark = pytest.mark.slow
WAITS = "import signal; signal.pause()"
WORKS = "while True: pass"


@pytest.mark.parametrize(
    ("code", "limit_seconds", "longest_seconds", "hung"),
    [
        (WORKS, 0.2, 600.0, True),
        (WAITS, 600.0, 0.2, True),
        ("raise SystemExit(3)", 600.0, 600.0, False),
    ],
)
def test_a_run_is_ended_by_the_time_it_used_or_waited(
    tmp_path: Path,
    code: str,
    limit_seconds: float,
    longest_seconds: float,
    hung: bool,
) -> None:
    order = Order(
        arguments=(),
        folder=str(tmp_path),
        environment={},
        limit_seconds=limit_seconds,
        longest_seconds=longest_seconds,
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.DEVNULL, start_new_session=True
    )

    ending = watch(child.pid, order)
    child.wait()  # already reaped

    assert ending.hung is hung
    assert hung or ending == Ending(status=3, seconds=ending.seconds, hung=False)
