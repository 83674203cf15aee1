"""Runs films in pieces: one that can be resumed, or a library of them."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sinks.encoding.encoders import CODECS_OF
from sinks.files.pipe import STANDARD_OUTPUT
from sinks.live.opener import is_live_sink
from sources import source_path
from sources.pictures.files import PICTURE_SUFFIXES
from streamer.cli import INTERRUPTED
from streamer.cli.library.table import FilmTable
from streamer.cli.run.live.command import signals_stop
from streamer.cli.run.overwriting import Clobber, check_overwriting
from streamer.errors import StreamerError
from streamer.library.film import Film
from streamer.library.jobs import Stop
from streamer.library.library import (
    FAILED_FILE,
    film_of,
    films_of,
    is_library,
    note_failures,
    problem_of,
)
from streamer.library.local import LocalMakers
from streamer.library.options import LIBRARY_OPTIONS, LibraryOptions
from streamer.library.state.engine import open_as
from streamer.library.state.lock import locked
from streamer.library.work import STATE_FOLDER, Work
from streamer.library.workers import DONE, FatalError, FilmProgress, Maker, Workers
from streamer.memory import keep_freed_memory
from streamer.settings import NetworkOptions, RunSettings

_OF_LIBRARIES = ("recursive", "container")


class Makers(Protocol):
    """Where pieces are made: here, or on other machines."""

    def makers(self) -> Sequence[Maker]:
        """Returns one for each piece that is made at once."""

    def close(self) -> None:
        """Frees what they hold."""


def library_options(given: Mapping[str, Any]) -> LibraryOptions:
    """Returns the options of the command line that are about pieces.

    Raises:
        StreamerError: A number is out of its range, or two exclude each other.
    """
    own = {name: given.get(name) for name in LIBRARY_OPTIONS}
    return LibraryOptions(**{k: v for k, v in own.items() if v is not None})


def works_in_pieces(source: str, sink: str, given: Mapping[str, Any]) -> bool:
    """Returns whether a run is one for this module.

    Raises:
        StreamerError: An option asks for pieces, and there can be none.
    """
    asked = [name for name in LIBRARY_OPTIONS if given.get(name) is not None]
    if sink == STANDARD_OUTPUT and "container" in asked:  # there it has a meaning
        asked.remove("container")
    if source_path(source) is None and asked:
        raise StreamerError(f"{_option(asked[0])} goes with films, not {source}")
    if source_path(source) is None:
        return False
    if Path(source).is_dir() and not asked and _holds_pictures(Path(source)):
        return False
    if is_library(source):
        _check_folder(source, sink)
        if given.get("recursive") and not Path(source).is_dir():
            raise StreamerError(
                "--recursive goes with a folder; ** in a pattern looks into folders"
            )
        return True
    if asked and Path(source).exists():  # else the source says that it is missing
        _check_single(source, sink, asked)
    return bool(asked)


def _check_folder(source: str, sink: str) -> None:
    no_folder = Path(sink).suffix.lower() in CODECS_OF or is_live_sink(sink)
    if no_folder or sink == "null:" or Path(sink).is_file():
        raise StreamerError(
            f"{source} is a library of films, which goes into a folder/, not {sink}"
        )


def _check_single(source: str, sink: str, asked: Sequence[str]) -> None:
    first = _option(asked[0])
    if Path(source).is_dir():
        raise StreamerError(f"{first} goes with films; {source} holds none")
    if Path(source).suffix.lower() in PICTURE_SUFFIXES:
        raise StreamerError(f"{first} goes with films, not with the picture {source}")
    if Path(sink).suffix.lower() not in CODECS_OF:
        known = ", ".join(CODECS_OF)
        raise StreamerError(
            f"{first} goes with a video file as SINK ({known}), not {sink}"
        )
    for name in asked:
        if name in _OF_LIBRARIES:
            raise StreamerError(f"{_option(name)} goes with a folder of films")


def _holds_pictures(folder: Path) -> bool:
    return any(path.suffix.lower() in PICTURE_SUFFIXES for path in folder.iterdir())


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _makers(ray: str | None, network: NetworkOptions, jobs: int) -> Makers:
    if ray is None:
        return LocalMakers(partial(open_as, network), jobs)
    from streamer.cli.ray.pieces import RayMakers

    return RayMakers(ray, network, jobs)


def run_in_pieces(
    source: str,
    sink: str,
    settings: RunSettings,
    given: Mapping[str, Any],
    *,
    quiet: bool,
    ray: str | None = None,
    clobber: Clobber,
) -> int:
    """Runs until all is done, or stopped; returns the exit status.

    Args:
        source: A film, a folder of films, or a pattern.
        sink: A video file, or a folder.
        settings: How films are made.
        given: The options of the command line; those about pieces are read.
        quiet: Shows errors only.
        ray: Address of the Ray cluster that makes the pieces; None: they are made here.
        clobber: Whether an older output may be written over.

    Raises:
        SourceError: There is no film.
        StreamerError: Somebody else works on it, or all of it failed alike.
    """
    if settings.run.max_frames is not None:
        raise StreamerError("--max-frames goes with a film in one go; see --duration")
    keep_freed_memory()
    work = _work(settings, library_options(given))
    output, many = Path(sink), is_library(source)
    if many or work.options.resume:
        clobber.refuse_never()
        work = replace(work, overwrite=clobber.yes)
    else:
        check_overwriting(sink, clobber)  # it is asked, or there is no one to ask
        anew = replace(work.options, restart=True)
        work = replace(work, options=anew, overwrite=True)
    opens = partial(_makers, ray, settings.network, work.options.jobs)
    if not many:
        return _run_film(film_of(Path(source), output, work), opens(), quiet=quiet)
    films = films_of(source, output, work)
    with _lock_on(output):  # a cluster takes long to begin
        return _run_library(films, output, opens(), quiet=quiet)


def _work(settings: RunSettings, options: LibraryOptions) -> Work:
    return Work(
        network=settings.network,
        encode=settings.encode,
        options=options,
        compare=settings.run.compare,
        require_gpu_decode=settings.run.require_gpu_decode,
    )


def _lock_on(output: Path) -> AbstractContextManager[None]:
    return locked(output / STATE_FOLDER / "lock", f"{output}/")


def _run_film(film: Film, makers: Makers, *, quiet: bool) -> int:
    workers, table = _run([film], makers, quiet=quiet)
    [progress] = workers.films
    if progress.error is not None:
        raise progress.error
    if progress.state != DONE:
        return _interrupted([progress], "the same command with --resume goes on")
    done = film.done
    if done is None:  # for the type checker: the state says it
        raise TypeError("A film that is done has a record of it.")
    if not quiet:
        for note in done.notes:
            sys.stderr.write(f"note: {note}\n")
    if done.problem:
        raise StreamerError(
            f"{film.source}: {done.problem}; {done.frames} frames were stored in "
            f"{film.output}"
        )
    table.close_with(progress)
    return 0


def _run_library(
    films: Sequence[Film], output: Path, makers: Makers, *, quiet: bool
) -> int:
    _make_folders(films)
    workers, _ = _run(films, makers, quiet=quiet)
    failed = note_failures(output, workers.films)
    ended = [progress for progress in workers.films if progress.state == DONE]
    complete = sum(not problem_of(progress) for progress in ended)
    if workers.stop.stopped:
        return _interrupted(workers.films, "the same command goes on")
    if not quiet or failed:
        more = f"; {failed} failed: {output / FAILED_FILE}" if failed else ""
        sys.stderr.write(
            f"derain: {output}/: {complete} of {len(films)} films are complete{more}\n"
        )
    return 1 if failed else 0


def _make_folders(films: Sequence[Film]) -> None:
    for folder in {film.output.parent for film in films}:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StreamerError(f"{folder}/: {error.strerror}") from None


def _run(
    films: Sequence[Film], makers: Makers, *, quiet: bool
) -> tuple[Workers, FilmTable]:
    table = FilmTable(quiet=quiet, alone=len(films) == 1)
    stop = Stop()
    recipe = films[0].work.recipe()
    workers = Workers(films, recipe, stop=stop, on_change=table.changed)
    says = "ending; finished pieces are kept"
    with closing(makers), table.showing(workers.films), signals_stop(stop, says=says):
        try:
            workers.run(makers.makers())
        except FatalError as error:
            raise error.__cause__ or error from None
        except OSError as error:  # of a disk that is full, outside of a sink
            raise StreamerError(f"{error.filename}: {error.strerror}") from None
    return workers, table


def _interrupted(films: Sequence[FilmProgress], how: str) -> int:
    pieces = sum(len(progress.film.manifest.pieces) for progress in films)
    kept = "1 finished piece is" if pieces == 1 else f"{pieces} finished pieces are"
    sys.stderr.write(f"derain: interrupted; {kept} kept: {how}\n")
    return INTERRUPTED
