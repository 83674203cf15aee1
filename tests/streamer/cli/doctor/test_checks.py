"""What the checks of the doctor find on this machine."""

import sys
from pathlib import Path

import pytest

from sinks.live.serving import place
from streamer.cli.doctor.checks import _extras, examine

pytestmark = pytest.mark.slow


def test_what_does_not_work_says_why() -> None:
    findings = list(examine())

    assert {"machine", "decode", "network", "encode", "weights", "extras"} == {
        finding.group for finding in findings
    }
    assert all(finding.detail for finding in findings)
    works = {finding.name for finding in findings if finding.works}
    assert {"libx264", "libx265", "libsvtav1", "h264", "hevc", "torch cpu"} <= works


@pytest.mark.parametrize("there", [True, False])
def test_gstreamer_works_where_the_system_s_python_has_it(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is never imported here: `gst:` and `serve://` run in programs of their own."""
    monkeypatch.setattr(place, "_BINDINGS", tmp_path if there else tmp_path / "gi")
    monkeypatch.setattr(place, "_SYSTEM_PYTHON", Path(sys.executable))

    [found] = [each for each in _extras() if each.name == "GStreamer"]

    assert found.works is there
    assert (sys.executable if there else "apt-get install") in found.detail
