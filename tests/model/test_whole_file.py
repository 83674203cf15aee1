import os
import subprocess
import sys
from pathlib import Path

import pytest

from model.whole_file import write_whole, written_whole


def test_a_file_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    path.write_text("old")

    write_whole(path, "new")

    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_older_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    path.write_text("old")

    def stopped() -> None:
        with written_whole(path) as beside:
            beside.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_written_is_on_disk_before_it_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    path = tmp_path / "figures.json"

    def sync(descriptor: int) -> None:
        where = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced.append("folder" if where == tmp_path else where.suffix)
        assert path.is_file() == (where == tmp_path)

    monkeypatch.setattr(os, "fsync", sync)

    write_whole(path, b"new")

    assert synced == [".json", "folder"]


def test_two_may_write_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"

    with written_whole(path) as first, written_whole(path) as second:
        first.write_text("first")
        second.write_text("second")

    assert path.read_text() == "first"  # it was the last to finish
    assert list(tmp_path.iterdir()) == [path]


def test_others_may_read_it_as_any_file(tmp_path: Path) -> None:
    plain, whole = tmp_path / "plain", tmp_path / "whole"
    plain.write_text("")

    write_whole(whole, "")

    assert whole.stat().st_mode == plain.stat().st_mode


@pytest.mark.slow
def test_a_writer_that_is_killed_leaves_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    path.write_text("old")
    killed = """
import os, signal, sys
from pathlib import Path
from model.whole_file import written_whole
with written_whole(Path(sys.argv[1])) as beside:
    beside.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""

    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", killed, str(path)], check=False, cwd=root
    )

    assert done.returncode == -9
    assert path.read_text() == "old"
