import subprocess
import sys

import pytest


@pytest.mark.slow
def test_converting_a_network_reports_to_nobody() -> None:
    code = (
        "import model.openvino_backend, openvino.tools.ovc.telemetry_utils as used;"
        "print(used.tm.__name__)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip().endswith("telemetry_stub")
