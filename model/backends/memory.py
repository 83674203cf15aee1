"""How much memory of the machine a picture may take."""

import ctypes
import sys
from pathlib import Path

_KEPT = 0.1
"""Share of the free memory that is left to others."""


def free_memory(
    system: Path = Path("/proc/meminfo"), group: Path = Path("/sys/fs/cgroup")
) -> int:
    """Returns the bytes that can be had without swapping, nine tenths of what is free.

    A container's limit (control groups, version 2) counts as the machine's end. Where
    the system does not say, memory counts as endless.
    """
    left = _of_the_system(system)
    limit, used = _number(group / "memory.max"), _number(group / "memory.current")
    if limit is not None and used is not None:
        # Files that were read long ago count as used; they give way.
        cached = _field(group / "memory.stat", "inactive_file") or 0
        left = min(left, limit - used + cached)
    return int(left * (1 - _KEPT))


def give_back_memory() -> None:
    """Returns freed blocks to the system, where the C library keeps them (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _of_the_system(file: Path) -> int:
    kilobytes = _field(file, "MemAvailable:")
    return sys.maxsize if kilobytes is None else kilobytes * 1024


def _field(file: Path, name: str) -> int | None:
    """The number behind a name in a file of lines of names and numbers."""
    if not file.is_file():
        return None
    lines = (line.split() for line in file.read_text(encoding="ascii").splitlines())
    return next((int(words[1]) for words in lines if words[:1] == [name]), None)


def _number(file: Path) -> int | None:
    """What a control group's file says; None for no file and for no limit."""
    if not file.is_file():
        return None
    text = file.read_text(encoding="ascii").strip()
    return int(text) if text.isdecimal() else None
