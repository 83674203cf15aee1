import json
import subprocess
import sys

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.slow


def test_doctor_prints_json() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "derain", "doctor", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )

    assert done.returncode == 0, done.stderr
    assert {"group", "name", "works", "detail"} == json.loads(done.stdout)[0].keys()
