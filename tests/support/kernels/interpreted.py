"""Runs Triton kernels in Triton's interpreter, in a process of its own."""

import json
import subprocess
import sys
from typing import Any

from tests.conftest import PROJECT, child_environment
from tests.support.patience import PATIENCE_SECONDS


def interpreted(module: str, *arguments: str) -> dict[str, Any]:
    """Returns the JSON that `python -m module` prints where kernels are interpreted."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**child_environment(), "TRITON_INTERPRET": "1"},
        timeout=4 * PATIENCE_SECONDS,
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found
