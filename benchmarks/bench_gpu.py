"""Everything that needs a GPU, in one command and under nine minutes.

`python -m benchmarks.bench_gpu --json FILE` writes after each part what is known by
then. Each part runs in a process of its own, so that one that fails costs no other.
`--dry` runs the same parts tiny and on the CPU: it shows that the script works, nothing
else.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.support.measure import PROJECT, child_environment, document, save

_BUDGET_S = 520.0
_LIMITS_S = {
    "machine": 60,
    "kernels": 60,
    "tests": 150,
    "fidelity": 60,
    "network_alone": 120,
    "overlapped": 60,
    "end_to_end": 120,
    "memory": 60,
    "trace": 60,
    "floor": 60,
    "streams": 90,
    "compiled": 120,
}
"""The parts in their order, what matters most first, and the longest each may take."""
_LEAST_S = 10.0


def main() -> None:
    """Runs all parts, or one of them in this process."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", type=Path, help="where to write the results")
    options.add_argument("--dry", action="store_true", help="tiny and on the CPU")
    options.add_argument("--parts", default=",".join(_LIMITS_S))
    options.add_argument("--part", help="one part, here; its JSON is the last line")
    options.add_argument("--budget", type=float, default=_BUDGET_S, help="seconds")
    given = options.parse_args()
    if given.part:
        found = _work_of(given.part)(given)
        sys.stdout.write(json.dumps(found, default=str) + "\n")
        return
    results = run_parts(given.parts.split(","), given, time.monotonic)
    sys.stdout.write(table(results))


def run_parts(
    parts: list[str], given: Any, now_s: Callable[[], float]
) -> dict[str, Any]:
    """Runs the parts one after the other and writes down each."""
    results: dict[str, Any] = {}
    begun = now_s()
    for part in parts:
        left = given.budget - (now_s() - begun)
        if left < _LEAST_S:
            results[part] = {"failed": "no time was left"}
        else:
            before = now_s()
            results[part] = _apart(part, given, min(left, _LIMITS_S.get(part, left)))
            results[part]["seconds"] = round(now_s() - before, 1)
        sys.stderr.write(f"{part}: {results[part].get('failed', 'done')}\n")
        if given.json:
            settings = {"dry": given.dry, "budget_s": given.budget}
            save(document("gpu", settings, results), given.json)
    return results


def _apart(part: str, given: Any, limit_s: float) -> dict[str, Any]:
    """Runs a part in a process of its own; whatever happens to it is a result."""
    command = [sys.executable, "-m", "benchmarks.bench_gpu", "--part", part]
    command += ["--dry"] if given.dry else []
    command += ["--json", str(given.json)] if given.json else []
    with subprocess.Popen(  # noqa: S603 - our own script
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=child_environment(),
        start_new_session=True,
    ) as process:
        try:
            told, complaints = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            return {"failed": f"not done in {limit_s:.0f} s"}
        finally:
            if process.poll() is None:
                # With whatever it has started: that would keep the GPU busy.
                os.killpg(process.pid, signal.SIGKILL)
    lines = told.strip().splitlines()
    if process.returncode or not lines:
        last = "\n".join(complaints.strip().splitlines()[-6:])
        return {"failed": last or f"ended with {process.returncode}, without a word"}
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def _work_of(part: str) -> Callable[[Any], dict[str, Any]]:
    own = {"machine": _machine, "tests": _tests, "trace": _trace}
    if part in own:
        return own[part]
    from benchmarks.support import gpu_parts, gpu_runs
    from benchmarks.support.gpu_subjects import Subject

    work = getattr(gpu_runs if part in {"end_to_end", "streams"} else gpu_parts, part)
    return lambda given: work(Subject(given.dry))


def _machine(given: Any) -> dict[str, Any]:
    import torch

    from streamer.cli.doctor_checks import examine

    found: dict[str, Any] = {
        "torch": torch.__version__,
        "cupy": find_spec("cupy") is not None,
        "doctor": {
            f"{one.group} {one.name}": one.detail if one.works else f"no: {one.detail}"
            for one in examine()
            if "nv" in one.name.lower() or "cuda" in one.name
        },
    }
    if torch.cuda.is_available():
        found["gpu"] = torch.cuda.get_device_name(0)
        found["capability"] = torch.cuda.get_device_capability(0)
        found["driver and runtime"] = torch.version.cuda
    elif not given.dry:
        raise SystemExit("PyTorch sees no CUDA device; --dry runs without one.")
    return found


def _tests(given: Any) -> dict[str, Any]:
    """Runs the tests that need a GPU; in a dry run only collects them."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "gpu", "--no-header"]
    command += ["-W", "default"]  # what packages there warn of says nothing of ours
    command += ["--collect-only"] if given.dry else ["--tb=line", "--maxfail=20"]
    done = subprocess.run(  # noqa: S603 - our own tests
        command, capture_output=True, text=True, check=False, cwd=PROJECT
    )
    lines = done.stdout.strip().splitlines()
    return {"passed": done.returncode == 0, "end": lines[-25:]}


def _trace(given: Any) -> dict[str, Any]:
    from benchmarks.support.gpu_subjects import Subject
    from benchmarks.support.gpu_trace import trace

    beside = given.json or Path("gpu.json")
    return trace(Subject(given.dry), beside.with_suffix(".png"))


def table(results: dict[str, Any]) -> str:
    """Returns the results as a short text, a line for each figure."""
    lines = []
    for part, found in results.items():
        lines.append(f"{part} ({found.get('seconds', 0)} s)")
        for name, value in found.items():
            if name not in {"seconds", "table", "end", "doctor"}:
                lines.append(f"  {name:<44} {_short(value)}")
    return "\n".join(lines) + "\n"


def _short(value: Any) -> str:
    if isinstance(value, dict):
        hidden = {"stages", "notes"}
        return ", ".join(
            f"{name} {_short(part)}"
            for name, part in value.items()
            if name not in hidden
        )
    return f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
