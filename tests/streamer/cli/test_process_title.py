"""What the list of processes shows."""

import subprocess
import sys

from tests.conftest import PROJECT
from tests.support.patience import PATIENCE_SECONDS

URL = "rtsp://viewer:p@ss/w#o?r:d%@10.0.0.7/live"


def test_the_list_of_processes_shows_no_password() -> None:
    code = (
        "from streamer.cli.process_title import hide_passwords_in_title as hide\n"
        "from pathlib import Path\n"
        "assert hide()\n"
        "print(Path('/proc/self/cmdline').read_bytes())\n"
        "import sys; print(sys.argv[1])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, URL, "out.mp4"],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        timeout=PATIENCE_SECONDS,
    )

    shown, kept = done.stdout.splitlines()
    assert "ss/w" not in shown
    assert "viewer:***@10.0.0.7/live" in shown
    assert "out.mp4" in shown
    assert kept == URL
