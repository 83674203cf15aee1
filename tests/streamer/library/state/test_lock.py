import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from streamer.errors import StreamerError
from streamer.library.state.lock import locked
from tests.conftest import PROJECT, child_environment
from tests.support.patience import PATIENCE_SECONDS

HOLDING = """
import sys
from pathlib import Path
from streamer.library.state.lock import locked
with locked(Path(sys.argv[1]), "o.mp4"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_told_who_is_there(tmp_path: Path) -> None:
    path = tmp_path / "state" / "o.lock"
    who = f"process {os.getpid()} on {socket.gethostname()}"

    with locked(path, "o.mp4"):
        with (
            pytest.raises(StreamerError, match=rf"o\.mp4 is being worked on by {who}"),
            locked(path, "o.mp4"),
        ):
            pytest.fail("two hold it")
        assert path.exists()

    with locked(path, "o.mp4"):
        assert path.exists()


def test_a_holder_whose_name_could_not_be_kept_is_another_process(
    tmp_path: Path,
) -> None:
    path = tmp_path / "o.lock"

    with locked(path, "o.mp4"):
        path.write_text("")  # as on a full disk

        with (
            pytest.raises(StreamerError, match="worked on by another process"),
            locked(path, "o.mp4"),
        ):
            pytest.fail("two hold it")


def test_a_lock_without_a_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(StreamerError, match=r"file/o\.lock: "),
        locked(tmp_path / "file" / "o.lock", "o.mp4"),
    ):
        pytest.fail("it is held")


@pytest.mark.slow
def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "o.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        env=child_environment(),
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with (
            pytest.raises(StreamerError, match=f"process {other.pid} "),
            locked(path, "o.mp4"),
        ):
            pytest.fail("two hold it")
        other.kill()
        other.wait(PATIENCE_SECONDS)

    with locked(path, "o.mp4"):
        assert path.exists()
