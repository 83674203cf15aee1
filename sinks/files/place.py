"""The place of an output: its folder is made when it begins, and one run owns it."""

import fcntl
import os
from pathlib import Path

from sinks.errors import SinkError


def check_folder(folder: Path) -> None:
    """Checks that a folder is there or can be made; changes nothing.

    Raises:
        SinkError: It cannot: something else is there, or writing is not permitted.
    """
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        raise SinkError(f"{folder}/: {there} is no folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise SinkError(f"{there}: writing is not permitted")


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it, unless it is there.

    Raises:
        SinkError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(f"{folder}/: {error.strerror}") from None


def write_whole(path: Path, data: bytes | memoryview) -> None:
    """Writes a file beside its place and then puts it there: whole, or not at all.

    Raises:
        OSError: The disk is full, say; an older file is as it was.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a pipe or a device
        return
    path = path.resolve()  # what a link points at is replaced, not the link
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


class Claim:
    """Keeps a second run out of an output file, for as long as it is held.

    The kernel gives it up with the process, however that ends.
    """

    def __init__(self, path: Path) -> None:
        """Claims `path`, which is made if it is not there; no pipe and no device.

        Raises:
            SinkError: Another run writes it, or it cannot be opened.
        """
        self._fd: int | None = None
        self._path, self._made = path, not path.exists()
        if not self._made and not path.is_file():
            return
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._made = False
            self.release()
            raise SinkError(f"{path}: another run is writing this file") from None
        except OSError as error:
            if self._fd is None:
                raise SinkError(f"{path}: {error.strerror}") from None
            # A file system without locks: the run goes on as it did without this.

    def release(self) -> None:
        """Gives the file up; may be called twice."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def undo(self) -> None:
        """Gives the file up, and takes it away if it was made for nothing."""
        if self._made and self._fd is not None and not self._path.stat().st_size:
            self._path.unlink()
        self.release()
