"""A child that has lost its parent before it could ask ends at once."""

import os
import subprocess
import sys

from sinks.live.worker import lifetime

CODE = """
import runpy
import sys

module = runpy.run_path(sys.argv[1])
module["die_with_parent"](int(sys.argv[2]))
module["say"]("run")
"""


def run(parent: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", CODE, lifetime.__file__, str(parent)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_child_answers_its_parent_and_nobody_elses() -> None:
    own, others = run(os.getpid()), run(1)

    assert (own.returncode, own.stdout) == (0, "run\n")
    assert (others.returncode, others.stdout) == (1, "")
