"""A file that FFmpeg writes through Python, so that a slow disk stops no other thread.

PyAV holds Python's lock while FFmpeg opens a file, writes its head or completes it: a
disk that stalls then would stop the whole program. Python lets go of its lock when it
writes.
"""

import os
from io import FileIO
from pathlib import Path


class UnbufferedFile:
    """Used by one thread at a time; what is written is with the system at once."""

    def __init__(self, path: Path) -> None:
        """An older file stays as it is until something is written."""
        self.name = str(path)
        self.closed = False
        """Whether nothing more can be written; PyAV looks at this."""
        self._path = path
        self._file: FileIO | None = None

    def open(self) -> FileIO:
        """Makes the file, or empties an older one, once.

        Raises:
            OSError: It cannot be made.
        """
        if self._file is None:
            self._file = FileIO(self._path, "wb")
        return self._file

    def seekable(self) -> bool:
        """Whether it is a file, and no pipe."""
        return self._path.is_file() or not self._path.exists()

    def write(self, data: bytes) -> int:
        """Writes all of `data`, as FFmpeg expects, and returns its length.

        Raises:
            OSError: The disk is full, or gone.
        """
        number, rest = self.open().fileno(), memoryview(data)
        while rest:
            rest = rest[os.write(number, rest) :]
        return len(data)

    def seek(self, to: int, whence: int = os.SEEK_SET) -> int:
        """As that of a file."""
        return self.open().seek(to, whence)

    def tell(self) -> int:
        """As that of a file."""
        return self.open().tell()

    def close(self) -> None:
        """Closes it; may be called twice."""
        self.closed = True
        if self._file is not None:
            self._file.close()
