"""What is done in an output folder, read from its manifests alone."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streamer.errors import StreamerError
from streamer.library.library import FAILED_FILE
from streamer.library.state.manifest import Manifest, read_manifest
from streamer.library.work import STATE_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmStatus:
    """One film, as its manifest says."""

    name: str
    state: str
    """`done`, `damaged`, `3 of 12 pieces`, `planned` or what is wrong."""
    frames: int = 0
    frames_expected: int = 0
    seconds: float = 0.0
    """That its pieces took."""

    @property
    def fps(self) -> float:
        """Frames a second of working time."""
        return self.frames / self.seconds if self.seconds else 0.0


def status_of(output: Path) -> list[FilmStatus]:
    """Returns the films of a folder, by name.

    Raises:
        StreamerError: The folder holds no work of this program.
    """
    state = output / STATE_FOLDER
    if not state.is_dir():
        raise StreamerError(f"{output}/: nothing was begun here: no {STATE_FOLDER}/")
    films = {film.name: film for film in _failed(output)}
    films |= {film.name: film for film in _films(state)}
    return sorted(films.values(), key=lambda film: film.name)


def _failed(output: Path) -> Iterator[FilmStatus]:
    """Yields films that the last run could not even begin; others have a manifest."""
    path = output / FAILED_FILE
    if not path.is_file():
        return
    for line in path.read_text(errors="replace").splitlines():
        try:
            failure = json.loads(line)
            name = os.path.relpath(failure["output"], output)
            state = f"failed: {failure['cause']}"
        except (ValueError, KeyError, TypeError):
            name, state = FAILED_FILE, "a line of it is damaged; the next run writes it"
        yield FilmStatus(name=name, state=state)


def _films(state: Path) -> Iterator[FilmStatus]:
    for path in state.rglob("*.jsonl"):
        name = str(path.relative_to(state))[: -len(".jsonl")]
        try:
            manifest = read_manifest(path)
        except StreamerError as error:
            yield FilmStatus(name=name, state=str(error))
            continue
        if manifest.film is not None:
            yield _status(name, manifest, path)


def _status(name: str, manifest: Manifest, path: Path) -> FilmStatus:
    pieces, done = manifest.pieces, manifest.done
    plan = manifest.film.plan if manifest.film else None
    count = max(len(plan.spans), 1) if plan else 0
    frames = sum(piece.frames for piece in pieces.values())
    if done is not None:
        state = f"damaged: {done.problem}" if done.problem else "done"
        frames = done.frames
    elif pieces:
        state = f"{len(pieces)} of {count} pieces"
    else:
        state = "planned"
    return FilmStatus(
        name=name,
        state=state,
        frames=frames,
        frames_expected=plan.frames_expected if plan else 0,
        seconds=sum(piece.seconds for piece in pieces.values()),
    )
