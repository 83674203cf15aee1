"""A folder of our own for what PyTorch compiles, cleaned where a compilation broke off.

PyTorch lets the compiler write under the final name and believes what is there from
then on: a library that a kill left half written fails each later run, or crashes it. So
a file stands beside the code while something is compiled, locked by the process that
does it. One without an owner tells of a kill: whatever was written since is deleted.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import torch

from model.backends.cache import cache_folder

_VARIABLE = "TORCHINDUCTOR_CACHE_DIR"
_SLACK_SECONDS = 2.0
"""Clocks of file systems are coarse."""


def keep_code_apart() -> None:
    """Makes PyTorch compile into the folder, sound code only; for this process.

    Who chose a folder of PyTorch's by its own variable looks after it himself.
    """
    folder = code_folder()
    if os.environ.get(_VARIABLE, str(folder)) != str(folder):
        return
    delete_what_broke_off(folder)
    os.environ[_VARIABLE] = str(folder)
    if not _REGISTERED:
        _register(Compilation(folder))


def code_folder() -> Path:
    """Returns the folder, made if need be; one for each version and machine."""
    made_by = f"{torch.__version__}-{platform.machine()}-{platform.python_version()}"
    name = hashlib.sha256(made_by.encode()).hexdigest()[:16]
    folder = cache_folder() / "torch" / name
    (folder / "compiling").mkdir(parents=True, exist_ok=True)
    return folder


def delete_what_broke_off(folder: Path) -> None:
    """Deletes what was written since a compilation began that nobody ended."""
    for mark in (folder / "compiling").iterdir():
        with suppress(OSError), mark.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails: it has an owner
            begun = mark.stat().st_mtime - _SLACK_SECONDS
            for path in _code_in(folder):
                if path.lstat().st_mtime >= begun:
                    path.unlink()
            mark.unlink()


def delete_code(folder: Path) -> None:
    """Deletes all: something of it is broken, and nobody says what."""
    for path in folder.iterdir():
        if path.name != "compiling":
            shutil.rmtree(path, ignore_errors=True)


def _code_in(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name != "compiling":
            yield from (inner for inner in path.rglob("*") if not inner.is_dir())


class Compilation:
    """Notes beside the code that this process compiles now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mark = folder / "compiling" / str(os.getpid())
        self._file: IO[bytes] | None = None

    def begins(self, _args: object = None) -> None:
        """Leaves the mark, and locks it as long as this process lives."""
        with suppress(OSError):  # a full disk
            self._file = self._mark.open("wb")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def ends(self, _args: object = None) -> None:
        """Takes the mark away; deletes all code where the compilation failed."""
        from torch._dynamo.exc import BackendCompilerFailed

        if isinstance(sys.exc_info()[1], BackendCompilerFailed):
            delete_code(self._folder)
        self._mark.unlink(missing_ok=True)
        if self._file is not None:
            self._file.close()
            self._file = None


_REGISTERED: list[Compilation] = []
"""The one of this process, once PyTorch knows it."""


def _register(compilation: Compilation) -> None:
    from torch._dynamo import callback  # loads sympy: a second

    callback.on_compile_start(compilation.begins)
    callback.on_compile_end(compilation.ends)
    _REGISTERED.append(compilation)
