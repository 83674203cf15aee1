"""Which recordings stay: by number, size, age and the space left on the disk."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sinks.errors import SinkError

_SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMGT])?B?", re.IGNORECASE)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_DAY_SECONDS = 86_400.0


def size_in_bytes(text: str) -> int:
    """Returns the bytes of `500M`, `50G` or `1.5T`; the units are powers of 1,000.

    Raises:
        SinkError: It is none of these, or nothing.
    """
    found = _SIZE.fullmatch(text.strip())
    size = float(found[1]) * _UNITS[(found[2] or "").upper()] if found else 0.0
    if size < 1:
        raise SinkError(f"a size is like 500M or 50G, got {text!r}")
    return int(size)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A recording that is complete."""

    path: Path
    size_bytes: int
    written: float
    """Seconds since 1970 of its last change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What may stay; None sets no limit. The oldest go first."""

    files: int | None = None
    size_bytes: int | None = None
    days: int | None = None
    free_bytes: int | None = None
    """So much stays free on the disk, as long as there is a recording to delete."""

    def spare(
        self, kept: Sequence[KeptFile], now: float, free_bytes: int
    ) -> list[Path]:
        """Returns the files that are to go.

        Args:
            kept: The recordings, the oldest first.
            now: Seconds since 1970.
            free_bytes: Free on the disk that holds them.
        """
        gone: list[Path] = []
        count, size = len(kept), sum(file.size_bytes for file in kept)
        for file in kept:
            if not self._is_too_much(file, count, size, now, free_bytes):
                break
            gone.append(file.path)
            count, size = count - 1, size - file.size_bytes
            free_bytes += file.size_bytes
        return gone

    def _is_too_much(
        self, oldest: KeptFile, count: int, size: int, now: float, free: int
    ) -> bool:
        age_days = (now - oldest.written) / _DAY_SECONDS
        return (
            (self.files is not None and count > self.files)
            or (self.size_bytes is not None and size > self.size_bytes)
            or (self.days is not None and age_days > self.days)
            or (self.free_bytes is not None and free < self.free_bytes)
        )
