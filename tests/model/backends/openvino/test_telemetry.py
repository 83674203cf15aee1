import pytest

from tests.conftest import in_a_fresh_python


@pytest.mark.slow
def test_converting_a_network_reports_to_nobody() -> None:
    code = (
        "from model.backends.openvino import backend;"
        "import openvino.tools.ovc.telemetry_utils as used;"
        "print(used.tm.__name__)"
    )

    done = in_a_fresh_python(code)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("telemetry_stub")
