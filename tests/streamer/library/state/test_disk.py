import hashlib
from errno import EACCES, ENOSPC, EROFS
from pathlib import Path

import pytest

from streamer.errors import StreamerError
from streamer.library.state.disk import (
    NoRoomError,
    file_sha256,
    keep,
    lies_with_the_disk,
    times_sha256,
)


def test_a_file_gets_its_name_and_an_older_one_is_replaced(tmp_path: Path) -> None:
    part, path = tmp_path / "a.part", tmp_path / "a"
    part.write_bytes(b"new")
    path.write_bytes(b"old")

    keep(part, path)

    assert [found.name for found in tmp_path.iterdir()] == ["a"]
    assert path.read_bytes() == b"new"


def test_hashes_are_of_content_and_times_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"rain")

    assert file_sha256(path) == hashlib.sha256(b"rain").hexdigest()
    assert times_sha256([1, 23]) != times_sha256([12, 3])
    assert times_sha256([]) == hashlib.sha256(b"").hexdigest()


def caused(cause: BaseException) -> Exception:
    """An error as it arrives: named for the user, with its cause behind it."""
    error = StreamerError("the piece cannot be stored")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(ENOSPC, "full"),
        NoRoomError("there is no room"),
        caused(OSError(EROFS, "read-only")),
        caused(caused(NoRoomError("there is no room"))),
    ],
)
def test_no_room_is_found_behind_what_the_user_is_told(error: Exception) -> None:
    assert lies_with_the_disk(error)


def test_what_lies_with_one_film_does_not_lie_with_the_disk() -> None:
    circle = ValueError("one")
    circle.__cause__ = circle

    assert not lies_with_the_disk(None)
    assert not lies_with_the_disk(caused(OSError(EACCES, "not yours")))
    assert not lies_with_the_disk(circle)
