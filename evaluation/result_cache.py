"""Keeps what was measured, so that an interrupted evaluation goes on where it stopped.

One line of JSON for each picture, appended as soon as it is known. A line that was cut
short is left out when the file is read again.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.provenance import code_hash

_MEASURING = ("evaluation", "sources")
"""The code that reads pictures and makes figures of them; other code, other figures."""


class ResultCache:
    """A memory of figures by key; without a path it forgets at the end."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._values: dict[str, dict[str, float]] = {}
        self._seconds: dict[str, float] = {}
        self._lists: dict[str, dict[str, list[float]]] = {}
        if path is not None and path.exists():
            text = path.read_text(encoding="utf-8")
            for line in text.splitlines():
                self._take(line)
            if text and not text.endswith("\n"):  # cut short: the next starts anew
                self._append("")

    def values(self, key: str) -> Mapping[str, float]:
        """Returns the figures known under `key`, by identity of the measure."""
        return self._values.get(key, {})

    def seconds(self, key: str) -> float:
        """Returns how long the network took for it; 0 when not known."""
        return self._seconds.get(key, 0.0)

    def lists(self, key: str) -> Mapping[str, list[float]]:
        """Returns what else is known under `key`: boxes, counts, numbers by name."""
        return self._lists.get(key, {})

    def keep(
        self,
        key: str,
        values: Mapping[str, float],
        seconds: float,
        lists: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        """Adds figures under `key`, on disk at once."""
        self._values.setdefault(key, {}).update(values)
        self._seconds[key] = seconds
        written = {name: writable(value) for name, value in values.items()}
        entry: dict[str, Any] = {"key": key, "values": written, "seconds": seconds}
        if lists is not None:
            self._lists[key] = {name: list(row) for name, row in lists.items()}
            entry["lists"] = self._lists[key]
        self._append(json.dumps(entry))

    def _append(self, line: str) -> None:
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    def _take(self, line: str) -> None:
        try:
            entry: dict[str, Any] = json.loads(line)
            values = {name: float(value) for name, value in entry["values"].items()}
            key, seconds = str(entry["key"]), float(entry["seconds"])
            lists = {str(n): list(row) for n, row in entry.get("lists", {}).items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            return
        if "lists" in entry:
            self._lists[key] = lists
        self._values.setdefault(key, {}).update(values)
        self._seconds[key] = seconds


def key_of(*parts: str) -> str:
    """Returns a short key for `parts` and the code that measures."""
    joined = "\0".join((code_hash(*_MEASURING), *parts))
    return hashlib.sha256(joined.encode()).hexdigest()[:32]


def writable(value: float) -> float | str:
    """Returns the figure, or `"inf"` and `"nan"`, which JSON has no number for."""
    return value if math.isfinite(value) else str(value)
