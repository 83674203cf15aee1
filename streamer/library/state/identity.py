"""What makes two runs the same work: the source, the weights and the settings."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sources.errors import SourceError

_ENDS = 64 * 1024
"""Bytes of the head and of the tail that are hashed: milliseconds, whatever the size.
A file that was written anew differs in the head, or in its time."""


@dataclass(frozen=True, slots=True)
class SourceIdentity:
    """How a source file is known again."""

    size: int
    mtime_ns: int
    ends_sha256: str
    """Of its first and its last 64 KiB."""


def identity_of(path: Path) -> SourceIdentity:
    """Returns the identity of a file.

    Raises:
        SourceError: It is missing or unreadable.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.sha256(file.read(_ENDS))
            size = file.seek(0, 2)
            file.seek(max(size - _ENDS, 0))
            digest.update(file.read())
        return SourceIdentity(size, path.stat().st_mtime_ns, digest.hexdigest())
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file.") from None
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}.") from None


def weights_sha256(model: str) -> str:
    """Returns the hash of a network's weights file, without loading a network.

    Empty, where there is none: whoever loads the network says what is wrong.
    """
    package = find_spec("model")  # to import it would load torch: seconds
    places = list(package.submodule_search_locations or ()) if package else []
    shipped = [Path(place) / "shipped" / f"{model}.safetensors" for place in places]
    for path in (*shipped, Path(model)):
        if path.is_file():
            return hashlib.sha256(path.read_bytes()).hexdigest()
    return ""


def program_version() -> str:
    """Returns the version of derain; `sources` where it is not installed."""
    try:
        return version("derain")
    except PackageNotFoundError:
        return "sources"


def difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Returns the first difference of two recipes or identities, in one line.

    Empty if they are the same.
    """
    for name in [*before, *(name for name in now if name not in before)]:
        if before.get(name) != now.get(name):
            was, is_now = _short(before.get(name)), _short(now.get(name))
            return f"{name} was {was} and is {is_now}"
    return ""


def _short(value: object) -> str:
    text = str(value)
    return f"{text[:12]}..." if len(text) > 40 else text
