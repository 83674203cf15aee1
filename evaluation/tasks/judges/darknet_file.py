"""Reads darknet's own files: the sections of a `.cfg`, and the numbers of `.weights`.

The format is that of github.com/AlexeyAB/darknet and github.com/pjreddie/darknet; this
reader was written after their documentation and knows what the detectors YOLOv3, YOLOv4
and their small forms are made of.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import EvaluationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One `[section]` of a `.cfg`."""

    kind: str
    options: dict[str, str] = field(default_factory=dict)

    def number(self, key: str, usual: int = 0) -> int:
        """Returns a whole number."""
        return int(self.options.get(key, usual))

    def share(self, key: str, usual: float = 0.0) -> float:
        """Returns a number."""
        return float(self.options.get(key, usual))

    def numbers(self, key: str) -> list[float]:
        """Returns a list of numbers, empty where there is none."""
        parts = self.options.get(key, "").split(",")
        return [float(part) for part in parts if part.strip()]

    def word(self, key: str, usual: str = "") -> str:
        """Returns a word."""
        return self.options.get(key, usual)


def read_cfg(path: Path) -> list[Section]:
    """Returns the sections of a `.cfg`, `[net]` first.

    Raises:
        EvaluationError: The file cannot be read, or begins with something else.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} cannot be read: {error}.") from error
    sections: list[Section] = []
    for number, line in enumerate(lines, 1):
        text = line.split("#", 1)[0].strip()
        if text.startswith("["):
            sections.append(Section(kind=text.strip("[]")))
        elif text:
            key, equals, value = text.partition("=")
            if not equals or not sections:
                raise EvaluationError(
                    f"{path}, line {number}: expected [section] or key=value, "
                    f"got {text!r}."
                )
            sections[-1].options[key.strip()] = value.strip()
    if not sections or sections[0].kind not in ("net", "network"):
        raise EvaluationError(f"{path} does not begin with [net].")
    return sections


class Weights:
    """The numbers of a `.weights` file, taken in order.

    Raises:
        EvaluationError: The file cannot be read, or is no weights file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            data = path.read_bytes()
        except OSError as error:
            raise EvaluationError(f"{path}: {error.strerror}.") from error
        # Three numbers of the version, then how many pictures it was trained on, in
        # 8 bytes from version 0.2 on, in 4 before.
        version = np.frombuffer(data[:12], "<i4")
        if len(version) < 3 or not 0 <= version[0] < 1000:
            raise EvaluationError(f"{path} is no darknet weights file.")
        late = version[0] * 10 + version[1] >= 2
        rest = data[20 if late else 16 :]
        self._numbers = np.frombuffer(rest[: len(rest) // 4 * 4], "<f4")
        self._next = 0

    def take(self, *shape: int) -> NDArray[np.float32]:
        """Returns the next numbers in this shape.

        Raises:
            EvaluationError: There are not so many.
        """
        count = int(np.prod(shape))
        found = self._numbers[self._next : self._next + count]
        if len(found) < count:
            raise EvaluationError(
                f"{self._path} holds {len(self._numbers)} numbers, its network needs "
                f"more: they do not belong together, or the file is cut short."
            )
        self._next += count
        return found.reshape(shape).copy()

    @property
    def left(self) -> int:
        """How many numbers were not taken."""
        return len(self._numbers) - self._next


def steps(section: Section) -> Iterator[int]:
    """Yields the layers that a route takes from, as written: below 0 from here."""
    for number in section.numbers("layers"):
        yield int(number)
