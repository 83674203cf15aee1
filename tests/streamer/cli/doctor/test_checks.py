"""What the checks of the doctor find on this machine."""

import pytest

from streamer.cli.doctor.checks import examine

pytestmark = pytest.mark.slow


def test_what_does_not_work_says_why() -> None:
    findings = list(examine())

    assert {"machine", "decode", "network", "encode", "weights", "extras"} == {
        finding.group for finding in findings
    }
    assert all(finding.detail for finding in findings)
    works = {finding.name for finding in findings if finding.works}
    assert {"libx264", "libx265", "libsvtav1", "h264", "hevc", "torch cpu"} <= works
