"""The tests for a GPU: found in one place, on a machine that has little else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import GPU_TESTS, PROJECT, child_environment

PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
MARK = "mark." + "gpu"
HIDING = """
import sys

class Hiding:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"openvino", "gi"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hiding())
"""


def test_they_live_in_one_folder() -> None:
    found = {
        path.parent
        for path in PROJECT.glob("tests/**/test_*.py")
        if MARK in path.read_text(encoding="utf-8")
    }

    assert found == {GPU_TESTS}


def test_each_module_there_bears_the_mark() -> None:
    for path in GPU_TESTS.glob("test_*.py"):
        assert f"pytestmark = pytest.{MARK}" in path.read_text(encoding="utf-8"), path


@pytest.mark.slow
def test_they_are_collected_where_openvino_and_gstreamer_are_absent(
    tmp_path: Path,
) -> None:
    (tmp_path / "hiding.py").write_text(HIDING)
    environment = child_environment()
    path = os.pathsep.join((str(tmp_path), environment["PYTHONPATH"]))

    done = subprocess.run(
        [*PYTEST, "-p", "hiding", "-m", "gpu", "--collect-only"],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**environment, "PYTHONPATH": path},
    )

    assert done.returncode == 0, done.stdout[-2000:]
    collected = {line.partition("::")[0] for line in done.stdout.splitlines()}
    modules = {f"tests/gpu/{path.name}" for path in GPU_TESTS.glob("test_*.py")}
    assert modules <= collected
    assert "errors" not in done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_one_that_hangs_fails_by_its_limit(tmp_path: Path) -> None:
    conftest = (GPU_TESTS / "conftest.py").read_text(encoding="utf-8")
    assert "LIMIT_SECONDS = 30.0" in conftest
    quick = conftest.replace("LIMIT_SECONDS = 30.0", "LIMIT_SECONDS = 0.2")
    (tmp_path / "conftest.py").write_text(quick)
    (tmp_path / "test_hang.py").write_text(
        "from threading import Event\n\n"
        "def test_hangs():\n    Event().wait(600)\n\n"
        "def test_comes_after():\n    pass\n"
    )

    done = subprocess.run(
        [*PYTEST, tmp_path],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env=child_environment(),
    )

    assert "TimeoutError: A test for a GPU may take" in done.stdout
    assert "1 failed, 1 passed" in done.stdout
