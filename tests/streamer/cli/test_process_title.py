"""What the list of processes shows."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

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


@pytest.mark.slow
def test_a_typed_password_stands_there_for_less_than_half_a_second_of_work() -> None:
    """Counted in each process's own time on the processor: others may keep it busy."""
    secret = "geheim-42"  # noqa: S105 - of nothing
    url = f"rtsp://viewer:{secret}@127.0.0.1:9/live"
    program = [sys.executable, "-m", "derain", "run", url, "null:"]
    seen: dict[int, float] = {}

    with subprocess.Popen(program, cwd=PROJECT, stderr=subprocess.DEVNULL) as process:
        while found := showing(secret):
            seen |= {number: used_seconds(number) for number in found}
        process.terminate()

    assert process.pid in seen
    assert len(seen) == 2  # the one that works, and the one over it
    assert max(seen.values()) < 0.5


def showing(secret: str) -> list[int]:
    """Returns the processes among whose arguments it stands, but this one."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may end while it is looked at
            if secret.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return [number for number in found if number != os.getpid()]


def used_seconds(number: int) -> float:
    """Returns how long a process has kept a processor busy; 0 if it has ended."""
    with suppress(OSError):
        text = Path(f"/proc/{number}/stat").read_text()
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return 0.0
