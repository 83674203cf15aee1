"""One damaged input: what is run on it, and what may not come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import av
from av.error import FFmpegError

from benchmarks.fuzzing.warm import Ending

OLDER = b"an older output, which must stay where nothing could be read"
INTERRUPTED = 130
_ALLOWED = (0, 1, 2)
_WORDS = {
    "Traceback (most recent": "a traceback",
    "derain: unexpected": "an error that nobody foresaw",
    "a library crashed": "a native crash, said in one line",
}
_ENDS_IN_A_BOX = "╰"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is run on one damaged input."""

    kind: str
    seed: str
    """The whole input that was damaged."""
    mutation: str
    arguments: tuple[str, ...]
    sink: Path | None = None
    """A file, with an older output in it; None where none is written."""
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    real: bool = False
    """With the program's own network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a trial."""

    ending: Ending
    faults: tuple[str, ...]
    said: str
    """The last words of the program."""


def judged(trial: Trial, ending: Ending, folder: Path) -> Outcome:
    """Returns what was wrong with the way a run ended; usually nothing.

    Args:
        trial: What was run.
        ending: How its process ended.
        folder: Where it ran; what it printed lies there.
    """
    errors = (folder / "err").read_text(encoding="utf-8", errors="replace")
    printed = (folder / "out").read_text(encoding="utf-8", errors="replace")
    faults = [text for word, text in _WORDS.items() if word in errors]
    if ending.hung:
        faults.append("no end within the time limit")
    elif ending.status not in _ALLOWED:
        faults.append(f"status {ending.status}")
    elif ending.status == 1 and not _one_line(errors):
        faults.append("status 1 without a line that says why")
    if trial.sink is not None and not ending.hung:
        faults += _faults_of_sink(trial.sink, ending.status)
    return Outcome(
        ending=ending, faults=tuple(faults), said=(errors or printed)[-4000:]
    )


def _one_line(errors: str) -> bool:
    lines = errors.strip().splitlines()
    return any(line.startswith("derain: ") for line in lines)


def _faults_of_sink(sink: Path, status: int) -> list[str]:
    if not sink.exists():
        return ["the older output is gone"]
    if sink.read_bytes() == OLDER:
        return ["status 0, and nothing was written"] if status == 0 else []
    pictures = _pictures(sink)
    return [] if pictures else ["the older output gave way to nothing that plays"]


def _pictures(path: Path) -> int:
    """Returns 1 if a picture of the file can be decoded, else 0."""
    try:
        with av.open(str(path)) as container:
            return sum(1 for _ in zip(container.decode(video=0), [0], strict=False))
    except (FFmpegError, IndexError):
        return 0
