"""Hides passwords that were typed as arguments from the list of processes.

Linux shows a process's own memory there, so it can be written over. Until this runs,
some tenths of a second, the arguments are visible: `${NAME}` in an address avoids that.
"""

import ctypes
from pathlib import Path

from sources.address import without_secrets

_ARG_START = 48 - 3
"""Field 48 of /proc/self/stat, then its end (proc(5)); the state is field 3."""


def hide_passwords_in_title() -> bool:
    """Replaces passwords in this process's arguments; False where that cannot be."""
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        start, end = (int(fields[_ARG_START + i]) for i in (0, 1))
        shown = Path("/proc/self/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return False
    if not 0 < end - start == len(shown):
        return False
    hidden = b"\0".join(_hidden(part) for part in shown.split(b"\0"))
    ctypes.memmove(start, hidden, len(shown))
    return True


def _hidden(argument: bytes) -> bytes:
    """Returns `argument` without passwords, at its old length."""
    text = without_secrets(argument.decode("utf-8", "surrogateescape"))
    safe = text.encode("utf-8", "surrogateescape")
    if safe == argument:
        return argument
    return safe[: len(argument)].ljust(len(argument), b" ")
