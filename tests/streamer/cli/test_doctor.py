import json
import subprocess
import sys

import pytest

from streamer.cli.doctor_checks import examine
from tests.conftest import PROJECT

pytestmark = pytest.mark.slow


def test_what_does_not_work_says_why() -> None:
    findings = list(examine())

    assert {"machine", "decode", "network", "encode", "weights", "extras"} == {
        finding.group for finding in findings
    }
    assert all(finding.detail for finding in findings)
    works = {finding.name for finding in findings if finding.works}
    assert {"libx264", "libx265", "libsvtav1", "h264", "hevc", "torch cpu"} <= works


def test_doctor_prints_json() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "streamer.cli.main", "doctor", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )

    assert done.returncode == 0, done.stderr
    assert {"group", "name", "works", "detail"} == json.loads(done.stdout)[0].keys()
