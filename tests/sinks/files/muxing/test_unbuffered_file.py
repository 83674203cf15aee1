"""A file that is with the system as soon as it is written."""

import os
from pathlib import Path

import pytest

from sinks.files.muxing.unbuffered_file import UnbufferedFile


def test_an_older_file_stays_until_something_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"older")
    file = UnbufferedFile(path)
    before = path.read_bytes()

    assert file.write(b"new") == 3

    assert before == b"older"
    assert path.read_bytes() == b"new"
    file.close()


def test_what_was_written_is_corrected_in_its_place(tmp_path: Path) -> None:
    file = UnbufferedFile(tmp_path / "out")
    file.write(b"length?data")

    assert file.tell() == 11
    assert file.seek(6) == 6
    file.write(b"4")
    assert file.seek(0, os.SEEK_END) == 11

    assert (tmp_path / "out").read_bytes() == b"length4data"
    file.close()


def test_it_may_be_closed_twice_and_unused(tmp_path: Path) -> None:
    file = UnbufferedFile(tmp_path / "out")

    file.close()
    file.close()

    assert file.closed
    assert not (tmp_path / "out").exists()


def test_all_is_written_though_the_system_takes_it_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda number, data: whole(number, data[:7]))
    file = UnbufferedFile(tmp_path / "out")

    assert file.write(bytes(range(100))) == 100

    assert (tmp_path / "out").read_bytes() == bytes(range(100))
    file.close()


def test_a_device_cannot_be_gone_back_in(tmp_path: Path) -> None:
    assert not UnbufferedFile(Path("/dev/null")).seekable()
    assert UnbufferedFile(tmp_path / "out").seekable()


def test_a_full_disk_is_an_error_at_once() -> None:
    file = UnbufferedFile(Path("/dev/full"))

    with pytest.raises(OSError, match="No space left"):
        file.write(b"data")
    file.close()


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        UnbufferedFile(tmp_path / "none" / "out").write(b"data")
