import subprocess
import sys

import pytest

from benchmarks.support.measure import child_environment
from tests.conftest import PROJECT, in_a_fresh_python

PROGRAMS = sorted(path.stem for path in PROJECT.glob("benchmarks/*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_benchmark_is_called_as_a_module(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        env=child_environment(),
    )

    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout
    said = (PROJECT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
    assert f"python -m benchmarks.{name}" in " ".join(said.split())


@pytest.mark.slow
def test_what_measures_a_gpu_needs_no_openvino() -> None:
    code = (
        "import sys; sys.modules['openvino'] = None\n"
        "from benchmarks.gpu import correct, decoding, runs, speed, steps, suite\n"
        "from benchmarks.gpu import trace, training"
    )

    done = in_a_fresh_python(code)

    assert done.returncode == 0, done.stderr
