"""`derain discover` as a user calls it, with a camera on loopback."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support.patience import PATIENCE_SECONDS
from tests.support.servers.onvif_device import OnvifDevice
from tests.support.servers.peers import free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def camera() -> Iterator[OnvifDevice]:
    with closing(OnvifDevice()) as device:
        yield device


def ask(port: int, *more: str) -> "subprocess.CompletedProcess[str]":
    where = ("--address", "127.0.0.1", "--at", f"239.255.255.250:{port}")
    return subprocess.run(
        [sys.executable, "-m", "derain", "discover", *where, *more],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


def test_cameras_are_listed_with_their_streams(camera: OnvifDevice) -> None:
    done = ask(camera.port, "--json", "--seconds", "5")

    assert done.returncode == 0, done.stderr
    [told] = json.loads(done.stdout)
    assert (told["name"], told["address"]) == ("Front Gate", "127.0.0.1")
    assert told["streams"][1]["address"] == "rtsp://127.0.0.1:554/p1"
    assert told["problem"] == ""


def test_nobody_who_answers_is_one_clear_line() -> None:
    done = ask(free_port(), "--seconds", "0.3")

    assert done.returncode == 1
    assert "no camera answered within 0.3 s, asked from 127.0.0.1:" in done.stderr
    assert "Traceback" not in done.stderr
