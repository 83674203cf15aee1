"""`derain rain`: makes it rain on pictures, clips and labelled sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from evaluation.errors import EvaluationError
from evaluation.pictures import is_picture
from evaluation.reports.progress import show_progress
from evaluation.sets.clips import VIDEO_SUFFIXES
from evaluation.tasks.labels.pictures import listed, named_once, pictures_below
from sinks.errors import SinkError
from sources.errors import SourceError
from streamer.cli.rain.clips import rain_on_clip
from streamer.cli.rain.kinds import FALLING, KINDS, FallingKind, Rain, rain_kind
from streamer.cli.rain.manifest import Asked, Made, write_manifest
from streamer.cli.rain.pictures import Shower, keep_labels, rain_on_picture

_STILL = "heavy"
_NAMED = 12


def rain_command(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="A picture, a clip, a folder of them, a labelled set.",
        ),
    ],
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="A new folder: input/ and target/.")
    ],
    kind: Annotated[
        str | None,
        typer.Option(help=f"{KINDS}. (pictures: {_STILL}; clips: {FALLING})"),
    ] = None,
    veil: Annotated[bool, typer.Option(help="Far rain melts into a veil.")] = False,
    night: Annotated[
        bool, typer.Option(help="Dark; the dry picture is darkened too.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Another seed is other rain.")] = 0,
    listing: Annotated[
        Path | None,
        typer.Option("--list", help="Only the pictures that this file names."),
    ] = None,
) -> None:
    """Make it rain. Labels stay as they are, a manifest says what was made."""
    pictures, clips, problems = _chosen(source, listing)
    work = _Work(source, out, seed, night, problems)
    if pictures:
        work.still = rain_kind(kind or _STILL, veil=veil, night=night)
    if clips:
        work.moving = _moving(rain_kind(kind or FALLING, veil=veil, night=night))
    _require_new(out)
    made = _make(work, pictures, clips)
    kept = keep_labels(source, out) if source.is_dir() else 0
    kinds = sorted({one.kind for one in made})
    asked = Asked(source=source.name, seed=seed, kinds=kinds, veil=veil, night=night)
    path = write_manifest(out, asked, made, problems)
    total = len(pictures) + len(clips)
    typer.echo(f"{path}: {len(made)} of {total} in rain, {kept} other files kept")
    _complain(problems)


@dataclass(slots=True)
class _Work:
    """What one call makes, and what went wrong so far."""

    source: Path
    out: Path
    seed: int
    night: bool
    problems: list[str]
    still: Rain | None = None
    moving: FallingKind | None = None

    @property
    def base(self) -> Path:
        """The folder that names are relative to."""
        return self.source if self.source.is_dir() else self.source.parent

    def picture(self, name: str, path: Path) -> Made:
        """Makes one picture."""
        if self.still is None:
            raise EvaluationError(f"{path}: no rain for pictures.")
        shower = Shower(self.still, self.seed, self.night)
        return rain_on_picture(path, name, self.out, shower, self.base)

    def clip(self, name: str, path: Path) -> Made:
        """Makes one clip."""
        if self.moving is None:
            raise EvaluationError(f"{path}: no rain for clips.")
        return rain_on_clip(path, name, self.out, self.moving, self.seed, self.base)


def _make(
    work: _Work, pictures: Mapping[str, Path], clips: Mapping[str, Path]
) -> list[Made]:
    """Makes everything; what cannot be made is named, and the rest goes on."""
    made: list[Made] = []
    with show_progress() as progress:
        progress.begin("rain", len(pictures) + len(clips))
        for files, one in ((pictures, work.picture), (clips, work.clip)):
            for name, path in files.items():
                try:
                    made.append(one(name, path))
                except (EvaluationError, SourceError, SinkError) as error:
                    work.problems.append(str(error))
                progress.step("rain")
    return made


_Files = dict[str, Path]


def _chosen(source: Path, listing: Path | None) -> tuple[_Files, _Files, list[str]]:
    """Returns what `_found` does; with a listing, only the pictures it names."""
    pictures, clips, problems = _found(source)
    if listing is not None:
        pictures, problems = listed(pictures, listing)
        clips = {}
    if not pictures and not clips:
        raise EvaluationError(f"{source} holds no picture and no clip.")
    return pictures, clips, problems


def _found(source: Path) -> tuple[_Files, _Files, list[str]]:
    """Returns pictures and clips by their paths without suffixes, and problems."""
    if not source.exists():
        raise EvaluationError(f"{source} does not exist.")
    if source.is_file():
        alone = {source.stem: source}
        return (alone, {}, []) if is_picture(source) else ({}, alone, [])
    videos = (p for p in source.rglob("*") if p.suffix.lower() in VIDEO_SUFFIXES)
    clips, doubles = named_once(source, sorted(videos))
    pictures, problems = pictures_below(source)
    return pictures, clips, [*problems, *doubles]


def _moving(rain: Rain) -> FallingKind:
    if not isinstance(rain, FallingKind):
        raise typer.BadParameter(
            f"{rain.name} stands still; a clip needs --kind {FALLING}[:AMOUNT]."
        )
    return rain


def _require_new(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise EvaluationError(f"{out} is there already: expected a new folder.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EvaluationError(f"{out}: {error.strerror}.") from error


def _complain(problems: Sequence[str]) -> None:
    """Names what is missing; then the call has failed."""
    if not problems:
        return
    for problem in problems[:_NAMED]:
        typer.echo(f"derain: {problem}", err=True)
    more = f" (the first {_NAMED} named)" if len(problems) > _NAMED else ""
    typer.echo(f"derain: NOT COMPLETE: {len(problems)} missing{more}", err=True)
    raise typer.Exit(1)
