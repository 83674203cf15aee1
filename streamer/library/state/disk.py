"""Files that are whole under their name: written beside it, made safe, then renamed."""

import hashlib
from errno import EDQUOT, EFBIG, EINVAL, EIO, ENOSPC, ENOTSUP, EROFS
from pathlib import Path

from model.whole_file import to_disk
from streamer.errors import StreamerError

_NOT_FOR_FOLDERS = frozenset({EINVAL, ENOTSUP})
_NO_ROOM = frozenset({ENOSPC, EDQUOT, EFBIG, EROFS, EIO})


def keep(part: Path, path: Path) -> None:
    """Gives a file its name once it is safe on the disk.

    Raises:
        OSError: The disk is full, or gone.
    """
    to_disk(part)
    part.replace(path)
    names_to_disk(path.parent)


def names_to_disk(folder: Path) -> None:
    """Returns when the names in a folder are safe, where its file system can do that.

    Raises:
        OSError: The disk is full, or gone.
    """
    try:
        to_disk(folder)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise


def file_sha256(path: Path) -> str:
    """Returns the hash of a file.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def times_sha256(times: list[int]) -> str:
    """Returns the hash of the times of frames."""
    return hashlib.sha256(",".join(map(str, times)).encode()).hexdigest()


class NoRoomError(StreamerError):
    """Another machine found no room, or no disk: causes do not travel with errors."""


def lies_with_the_disk(error: BaseException | None) -> bool:
    """Returns whether an error will come to every film: no room, or no disk."""
    seen = set()
    while error is not None and id(error) not in seen:
        full = isinstance(error, OSError) and error.errno in _NO_ROOM
        if full or isinstance(error, NoRoomError):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
