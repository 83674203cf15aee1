"""The place of an output: its folder, its owner, and files that are whole."""

import errno
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sinks.errors import SinkError
from sinks.files.place import Claim, check_folder, make_folder, write_whole
from tests.conftest import PROJECT


def test_a_folder_that_can_be_made_passes_and_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"

    check_folder(folder)
    assert not folder.exists()

    make_folder(folder)
    assert folder.is_dir()


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"x")
    folder = tmp_path / "film.mp4" / "out"

    with pytest.raises(SinkError, match=r"film\.mp4 is no folder"):
        check_folder(folder)
    with pytest.raises(SinkError, match="Not a directory"):
        make_folder(folder)


def test_a_second_run_is_kept_out_until_the_first_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    first = Claim(path)

    with pytest.raises(SinkError, match="another run is writing this file"):
        Claim(path)
    first.release()

    Claim(path).release()


def test_a_file_that_was_made_for_nothing_goes_and_an_older_one_stays(
    tmp_path: Path,
) -> None:
    old, new = tmp_path / "old.mp4", tmp_path / "new.mp4"
    old.write_bytes(b"precious")

    Claim(old).undo()
    Claim(new).undo()

    assert old.read_bytes() == b"precious"
    assert not new.exists()


def test_a_pipe_is_nobodys(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.mkv"
    os.mkfifo(pipe)

    Claim(pipe).release()
    Claim(pipe).undo()

    assert pipe.exists()


def test_a_link_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to(tmp_path / "real.png")

    write_whole(tmp_path / "link.png", b"new")

    assert (tmp_path / "link.png").is_symlink()
    assert (tmp_path / "real.png").read_bytes() == b"new"


def test_on_a_full_disk_the_older_file_stays_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"precious")
    code = (
        "import sys; from pathlib import Path\n"
        "from sinks.files.place import write_whole\n"
        "try: write_whole(Path(sys.argv[1]), bytes(9999))\n"
        "except OSError as error: sys.exit(error.errno)\n"
    )

    def little_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=PROJECT,
        check=False,
        preexec_fn=little_disk,
    )

    assert done.returncode == errno.EFBIG
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]
