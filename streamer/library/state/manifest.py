"""What is done of a film, a line at a time: a line that is there was kept safe.

JSON lines. The first says which film this is and how it is cut; each piece that is
done adds one, and so does the film when it is complete. A line that a crash tore is
taken off.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sources.files.part import Span
from streamer.errors import StreamerError
from streamer.library.plan import Plan
from streamer.library.state.disk import names_to_disk
from streamer.library.state.engine import Engine
from streamer.library.state.identity import SourceIdentity

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmRecord:
    """Which film this is, how it is made, and how it is cut."""

    source: str
    identity: SourceIdentity
    recipe: Mapping[str, Any]
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceRecord:
    """A piece that is done."""

    number: int
    file: str
    """Its name in the folder of the pieces; empty if no frame could be decoded."""
    bytes: int
    sha256: str
    frames: int
    first_pts: int
    last_pts: int
    end_pts: int
    """Where its last frame ends; all three in the film's time base, as stored."""
    times_sha256: str
    """Of the times of all its frames."""
    form: str
    """What pieces must share to be joined: size, format, head."""
    seconds: float
    corrupt_packets: int = 0
    audio_packets: int = 0
    """Of a film that is not cut."""
    problem: str = ""
    notes: tuple[str, ...] = ()
    made_by: str = ""
    """Network, device, backend, precision, and the processor's or GPU's name."""
    engine: Engine | None = None
    """What computed; the film's other pieces are made alike."""
    gate: tuple[bool, int, int] | None = None
    """The state of the rain gate behind the last frame."""
    lumas: str = ""
    """Name of the file with what the causal step remembers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmDone:
    """The output, complete and checked."""

    file: str
    bytes: int
    frames: int
    audio_packets: int
    seconds: float
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Manifest:
    """The lines of one film's file, and the way to add one."""

    path: Path
    film: FilmRecord | None = None
    pieces: dict[int, PieceRecord] = field(default_factory=dict)
    done: FilmDone | None = None
    whole_bytes: int = 0
    """How much of the file is whole lines."""

    @property
    def engine(self) -> Engine | None:
        """What computed the pieces that are done; None if there is none yet."""
        return next((p.engine for p in self.pieces.values() if p.engine), None)

    def begin(self, film: FilmRecord) -> None:
        """Begins anew: whatever was there is forgotten.

        Raises:
            StreamerError: The file cannot be written.
        """
        self.film, self.pieces, self.done, self.whole_bytes = film, {}, None, 0
        self._append({"kind": "film", "format": FORMAT, **asdict(film)}, new=True)

    def forget(self) -> None:
        """Deletes the file, as if nothing had begun.

        Raises:
            StreamerError: It cannot be deleted.
        """
        self.film, self.pieces, self.done, self.whole_bytes = None, {}, None, 0
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise StreamerError(f"{self.path}: {error.strerror}") from error

    def add(self, piece: PieceRecord) -> None:
        """Says that a piece is done; on the disk when this returns.

        Raises:
            StreamerError: The file cannot be written.
        """
        self._append({"kind": "piece", **asdict(piece)})
        self.pieces[piece.number] = piece

    def finish(self, done: FilmDone) -> None:
        """Says that the film is complete.

        Raises:
            StreamerError: The file cannot be written.
        """
        self._append({"kind": "done", **asdict(done)})
        self.done = done

    def _append(self, values: Mapping[str, Any], *, new: bool = False) -> None:
        line = (json.dumps(values) + "\n").encode()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                os.ftruncate(number, self.whole_bytes)  # behind it: a torn line
                os.pwrite(number, line, self.whole_bytes)
                os.fsync(number)
            finally:
                os.close(number)
            if new:
                names_to_disk(self.path.parent)
        except OSError as error:
            # The context is kept: whoever asks finds out that the disk is full.
            raise StreamerError(f"{self.path}: {error.strerror}") from error
        self.whole_bytes += len(line)


def read_manifest(path: Path) -> Manifest:
    """Returns what a manifest says; one without a film if there is none yet.

    Raises:
        StreamerError: It is damaged other than by a torn last line, or of a later
            version of the program.
    """
    manifest = Manifest(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return manifest
    except OSError as error:
        raise StreamerError(f"{path}: {error.strerror}") from None
    lines = data.split(b"\n")
    for number, line in enumerate(lines[:-1], start=1):
        try:
            _take(manifest, json.loads(line))
        except (ValueError, KeyError, TypeError):
            if number == len(lines) - 1:
                return manifest  # torn, with what was on the disk behind it
            raise StreamerError(
                f"{path}: line {number} is damaged; --restart begins anew"
            ) from None
        manifest.whole_bytes += len(line) + 1
    return manifest


def _take(manifest: Manifest, values: dict[str, Any]) -> None:
    kind = values.pop("kind")
    if kind == "film":
        if values.pop("format") != FORMAT:
            raise StreamerError(
                f"{manifest.path} is of another version of derain; --restart begins "
                "anew"
            )
        manifest.film = _film_from(values)
    elif kind == "piece":
        gate, engine = values.pop("gate"), values.pop("engine", None)
        piece = PieceRecord(
            **{**values, "notes": tuple(values["notes"])},
            engine=Engine(**engine) if engine else None,
            gate=(bool(gate[0]), int(gate[1]), int(gate[2])) if gate else None,
        )
        manifest.pieces[piece.number] = piece
    elif kind == "done":
        manifest.done = FilmDone(**{**values, "notes": tuple(values["notes"])})


def _film_from(values: dict[str, Any]) -> FilmRecord:
    plan = values["plan"]
    return FilmRecord(
        source=values["source"],
        identity=SourceIdentity(**values["identity"]),
        recipe=values["recipe"],
        plan=Plan(
            spans=tuple(Span(**span) for span in plan["spans"]),
            frames=tuple(plan["frames"]),
            whole=plan["whole"],
            problem=plan["problem"],
        ),
    )
