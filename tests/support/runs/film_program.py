"""The real program at films in pieces, with a network that changes nothing."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.patience import PATIENCE_SECONDS
from tests.support.runs.live_program import PASS_THROUGH

EXACTLY = ("--crf", "0")
"""So that frames can be compared: x264's lossy pictures differ from run to run."""


def command(*arguments: str | Path, seconds: float = 0.0) -> list[str]:
    """A command line whose network takes so many seconds for a picture."""
    return [*PASS_THROUGH, str(seconds), "run", *map(str, arguments), "--gate", "off"]


def start(*arguments: str | Path, seconds: float = 0.0) -> subprocess.Popen[str]:
    """A run of that command line, with pipes to its outputs."""
    return subprocess.Popen(
        command(*arguments, seconds=seconds),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str | Path) -> tuple[int, str]:
    """Its status, and what it said on stderr."""
    process = start(*arguments)
    _, errors = process.communicate(timeout=4 * PATIENCE_SECONDS)
    return process.returncode, errors


@contextmanager
def under_way(
    *arguments: str | Path, pictures: int, seconds: float = 0.02
) -> Iterator[subprocess.Popen[str]]:
    """A run of which so many pictures have entered the network."""
    process = start(*arguments, seconds=seconds)
    assert process.stdout is not None
    try:
        for _ in range(pictures):
            if not process.stdout.readline():
                break
        yield process
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE_SECONDS)


def manifest_of(output: Path) -> Path:
    """Where the manifest of a film lies."""
    return output.parent / ".derain" / f"{output.name}.jsonl"


def pieces_of(output: Path) -> Path:
    """The folder of a film's pieces."""
    return output.parent / ".derain" / f"{output.name}.pieces"


def done_in(output: Path) -> int:
    """How many pieces the manifest of a film says are done."""
    path = manifest_of(output)
    return path.read_text().count('"kind": "piece"') if path.exists() else 0


def killed_after(pieces: int, output: Path, *arguments: str | Path) -> None:
    """Runs until so many pieces of a film are done, and kills the run."""
    with under_way(*arguments, pictures=1) as process:
        while process.poll() is None and done_in(output) < pieces:
            time.sleep(0.002)
    assert done_in(output) >= pieces
    assert not output.exists()
