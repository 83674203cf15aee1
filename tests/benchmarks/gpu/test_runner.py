import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.gpu import runner
from benchmarks.gpu.runner import Order, run_phase, table
from tests.conftest import PROJECT


def order(out: Path, *parts: str, seconds: float = 60.0) -> Order:
    return Order(
        phase="check",
        parts=parts,
        seconds=seconds,
        out=out,
        package=out / "package",
        dry=True,
    )


def test_without_time_left_a_part_is_named_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_in_own_process", lambda *_: "done")
    times = iter([0.0, 0.0, 55.0, 55.0])

    results = run_phase(order(tmp_path, "machine", "correct"), lambda: next(times))

    assert results["machine"] == {"ended": "done", "seconds": 55.0}
    assert results["correct"] == {"ended": "left out: 5 s were left"}
    assert "left out" in table(results)
    written = json.loads((tmp_path / "check.json").read_text())
    assert written["results"] == results
    assert written["benchmark"] == "gpu_check"


@pytest.mark.slow
def test_a_part_that_is_killed_keeps_what_it_had_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = (
        "import time\nfrom pathlib import Path\n"
        f"Path({str(tmp_path / 'machine.json')!r}).write_text('{{\"one\": 1}}')\n"
        f"Path({str(tmp_path / 'written')!r}).touch()\n"
        "time.sleep(600)\n"
    )
    program = tmp_path / "python"
    program.write_text(f"#!{sys.executable}\n{slow}")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))

    class Impatient(subprocess.Popen):  # type: ignore[type-arg]  # only its wait
        def wait(self, timeout: float | None = None) -> int:
            if timeout is None:
                return super().wait()
            while not (tmp_path / "written").exists() and self.poll() is None:
                pass
            raise subprocess.TimeoutExpired("part", timeout)

    monkeypatch.setattr("benchmarks.gpu.runner.subprocess.Popen", Impatient)

    results = run_phase(order(tmp_path, "machine"))

    assert results["machine"]["ended"].startswith("killed after")
    assert results["machine"]["found"] == {"one": 1}


@pytest.mark.slow
def test_a_dry_check_and_a_part_that_fails_run_without_openvino(
    tmp_path: Path,
) -> None:
    absent = tmp_path / "openvino"
    absent.mkdir()
    (absent / "__init__.py").write_text("raise ImportError('not on this machine')\n")
    code = (
        f"import sys, os; os.environ['PYTHONPATH'] = {str(tmp_path)!r}\n"
        "sys.argv = ['gpu', 'check', '--dry', '--parts', 'correct,decoding',"
        f"'--seconds', '900', '--out', {str(tmp_path / 'out')!r},"
        f"'--package', {str(tmp_path / 'package')!r}]\n"
        "from benchmarks.gpu import parts\n"
        "from dataclasses import replace\n"
        "for name, part in parts.PARTS['check'].items():\n"
        "    parts.PARTS['check'][name] = replace(part, limit_s=400)\n"
        "from benchmarks.gpu.__main__ import main\n"
        "main()\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )

    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out" / "check.json").read_text())["results"]
    assert {part["ended"] for part in results.values()} == {"done"}, done.stdout
    found = results["correct"]["found"]
    assert found["kernels equal to the definition"] == {"compared": 18, "different": []}
    forms = found["forms of triton, interpreted"]
    assert "triton-persistent" in forms or "left out" in forms
    assert all(forms.values())
    assert found["together as alone"] == {"pictures": 4, "different": 0}
    assert found["mspfn-lite fp32, dB to PyTorch in fp32"] > 45
    assert "correct" in done.stdout
