"""A real disk that fills up while a run records on it."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.live.conftest import StartPeer
from tests.support.probe import look_at
from tests.support.runs.live_program import PROGRAM

pytestmark = pytest.mark.slow

SMALL_DISK = ("unshare", "--map-root-user", "--mount", "sh", "-c")
MOUNT = 'mount -t tmpfs -o size=40k none "$0"'
KEEP = 'status=$?; cp "$0"/* "$0"/../kept/; exit $status'
"""The disk is seen, and lives, only as long as what runs on it."""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A folder to mount a disk of 40 KB at."""
    folder = tmp_path / "disk"
    folder.mkdir()
    (tmp_path / "kept").mkdir()
    tried = subprocess.run(
        [*SMALL_DISK, MOUNT, str(folder)], capture_output=True, check=False, timeout=60
    )
    if tried.returncode:
        pytest.skip(f"no small disk can be mounted here: {tried.stderr.decode()}")
    return folder


def test_a_full_disk_costs_recordings_but_neither_stream_nor_what_was_recorded(
    disk: Path, start_peer: StartPeer, tmp_path: Path
) -> None:
    peer = start_peer("--size", "320x180")
    report = tmp_path / "report.json"

    done = subprocess.run(
        [
            *SMALL_DISK,
            f'{MOUNT} && "$@"; {KEEP}',
            str(disk),
            *PROGRAM,
            *("run", "--gate", "off", peer.url(), peer.url("/record"), "--quiet"),
            *("--record", f"{disk}/%H%M%S.mp4", "--segment", "2s"),
            *("--max-frames", "250", "--report", str(report)),
        ],
        capture_output=True,
        check=False,
        timeout=300,
        text=True,
    )

    assert done.returncode == 0
    told = [line for line in done.stderr.splitlines() if "record=" in line]
    assert told
    assert all("No space left on device" in line for line in told)
    assert json.loads(report.read_text())["frames_out"] == 250
    assert peer.pictures > 150
    kept = sorted((tmp_path / "kept").iterdir())
    assert sum(path.stat().st_size for path in kept) > 10_000
    assert all(len(look_at(path).times) >= 40 for path in kept[:-1])
    assert look_at(kept[-1]).times
