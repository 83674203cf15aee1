"""The names of a recorder's files: made from its pattern, and found again by it."""

import re
from datetime import datetime
from pathlib import Path

import av
from av.error import FFmpegError

_PART = re.compile(r"_part\d+$")


def free_name(pattern: Path, now: datetime) -> Path:
    """Returns the name of a recording that begins `now`, which no file has."""
    path = pattern.with_name(now.strftime(pattern.name))
    number = 1
    while path.exists():
        number += 1
        path = path.with_stem(f"{_PART.sub('', path.stem)}_part{number}")
    return path


def recordings_of(pattern: Path) -> list[Path]:
    """Returns the files that a recorder named by `pattern`, the oldest first.

    Args:
        pattern: As `--record` takes it, with strftime's letters in the file's name.

    Raises:
        OSError: The folder cannot be read.
    """
    found = [path for path in pattern.parent.iterdir() if _is_named_by(pattern, path)]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def has_picture(path: Path) -> bool:
    """Whether a player would show anything of a file that was cut off.

    Raises:
        OSError: It cannot be read.
    """
    if not path.stat().st_size:
        return False
    try:
        with av.open(str(path)) as container:
            return next(container.decode(video=0), None) is not None
    except (FFmpegError, IndexError):
        return False


def _is_named_by(pattern: Path, path: Path) -> bool:
    name = _PART.sub("", path.stem) + path.suffix
    try:
        datetime.strptime(name, pattern.name).astimezone()
    except ValueError:
        return False
    return path.is_file()
