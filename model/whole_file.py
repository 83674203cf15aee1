"""Files that are whole or not there: written beside their place, then moved to it.

Neither a kill nor a power cut leaves half a file, nor does another process that writes
the same one: the last to finish wins.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yields a place to write a file to, and moves it to `path` in the end.

    The place is in the same folder and of the same suffix. What is there is on disk
    before it replaces an older file. After an error the older file stays as it was.

    Raises:
        OSError: The file cannot be written.
    """
    beside = path.with_name(f".{path.stem[:40]}-{token_hex(8)}{path.suffix}")
    try:
        yield beside
        to_disk(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    with suppress(OSError):  # not all file systems let a folder be synced
        to_disk(path.parent)


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file as `written_whole` does; text as UTF-8.

    Raises:
        OSError: The file cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    with written_whole(path) as beside:
        beside.write_bytes(data)


def to_disk(path: Path) -> None:
    """Returns when the file or folder is safe on the disk.

    Raises:
        OSError: It cannot be made so.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
