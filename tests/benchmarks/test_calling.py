import subprocess
import sys

import pytest

from benchmarks.support.measure import child_environment
from tests.conftest import PROJECT, in_a_fresh_python

PROGRAMS = {
    ".".join(path.relative_to(PROJECT).with_suffix("").parts): path
    for folder in ("network", "files", "live", "temporal", "quality", "fuzzing")
    for path in sorted((PROJECT / "benchmarks" / folder).glob("*.py"))
    if "ArgumentParser" in path.read_text(encoding="utf-8")
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_benchmark_is_called_as_a_module(name: str) -> None:
    called = name.removesuffix(".__main__")

    done = subprocess.run(
        [sys.executable, "-m", called, "--help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        env=child_environment(),
    )

    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout
    said = PROGRAMS[name].read_text(encoding="utf-8")
    assert f"python -m {called}" in " ".join(said.split())


@pytest.mark.slow
def test_what_measures_a_gpu_needs_no_openvino() -> None:
    code = (
        "import sys; sys.modules['openvino'] = None\n"
        "from benchmarks.gpu import training\n"
        "from benchmarks.gpu.check import correct, decoding, suite\n"
        "from benchmarks.gpu.speed import network, runs, steps, trace"
    )

    done = in_a_fresh_python(code)

    assert done.returncode == 0, done.stderr
