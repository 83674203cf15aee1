"""One program at a time works in a folder; the second one is told who is there."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from streamer.errors import StreamerError


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Holds a lock file while the block runs; the system lets go of it after a kill.

    Args:
        path: Of the lock file, which stays.
        what: Is being worked on, for the message.

    Raises:
        StreamerError: Somebody else holds it, or it cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StreamerError(f"{path}: {error.strerror}") from None
    try:
        _take(number, path, what)
        yield
    finally:
        os.close(number)


def _take(number: int, path: Path, what: str) -> None:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StreamerError(f"{what} is being worked on by {_holder(path)}") from None
    except OSError as error:
        raise StreamerError(f"{path} cannot be locked: {error.strerror}") from None
    holder = {"pid": os.getpid(), "host": socket.gethostname()}
    with suppress(OSError):  # on a full disk the lock still holds, without a name
        os.ftruncate(number, 0)
        os.pwrite(number, (json.dumps(holder) + "\n").encode(), 0)


def _holder(path: Path) -> str:
    try:
        said = json.loads(path.read_text())
        return f"process {said['pid']} on {said['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
