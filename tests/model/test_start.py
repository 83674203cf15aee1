"""What a start with kept graphs does without."""

from pathlib import Path

import pytest

from tests.conftest import in_a_fresh_python

FIRST_PICTURE = """
import sys
import numpy as np
from model import Derainer

derainer = Derainer(device="cpu", backend="openvino", low_latency=True)
print(derainer(np.full((32, 48, 3), 90, np.uint8)).mean().round())
derainer.close()
print("torch" in sys.modules)
"""


@pytest.mark.slow
def test_a_network_whose_graph_is_kept_runs_without_pytorch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    converting, kept = (in_a_fresh_python(FIRST_PICTURE) for _start in range(2))

    assert converting.stdout.split()[1:] == ["True"], converting.stderr
    assert kept.stdout.split()[1:] == ["False"], kept.stderr
    assert converting.stdout.split()[0] == kept.stdout.split()[0]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["models", "doctor"])
def test_a_command_that_only_tells_loads_no_pytorch_and_no_converter(
    command: str,
) -> None:
    code = f"""
import sys
from streamer.cli.main import main
sys.modules["torch"] = sys.modules["openvino.tools"] = None
sys.argv = ["derain", {command!r}, "--json"]
main()
"""

    done = in_a_fresh_python(code)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[")
    assert done.stderr == ""
