"""Finds the films of a library, and names what becomes of them."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from glob import has_magic
from pathlib import Path

from model.whole_file import write_whole
from sinks.encoding.encoders import CODECS_OF
from sources.errors import SourceError
from streamer.library.film import Film
from streamer.library.work import STATE_FOLDER, Work
from streamer.library.workers import FilmProgress

FILM_SUFFIXES = frozenset(CODECS_OF) | {
    *(".avi", ".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".vob", ".wmv", ".flv"),
    *(".3gp", ".ogv", ".mxf"),
}
_DEFAULT_SUFFIX = ".mkv"
"""Of what films become that are in a container which is only read here."""
FAILED_FILE = "failed.jsonl"


def is_library(source: str) -> bool:
    """Returns whether a source names a folder of films, or a pattern of files."""
    if "://" in source or Path(source).is_file():
        return False
    if has_magic(source):
        return True
    path = Path(source)
    return path.is_dir() and next(_films_in(path, recursive=True), None) is not None


def films_of(source: str, output: Path, work: Work) -> list[Film]:
    """Returns the films of a library, by name.

    Args:
        source: A folder, or a pattern such as `clips/*.mp4`.
        output: The folder that the films go into; the tree is kept.
        work: How they are made.

    Raises:
        SourceError: There is no film.
    """
    options = work.options
    pattern = has_magic(source) and not Path(source).exists()
    if pattern:
        root = _fixed_part(source)
        found = sorted(root.glob(str(Path(source).relative_to(root))))
        paths = [path for path in found if _is_film(path)]
    else:
        root = Path(source)
        paths = sorted(_films_in(root, recursive=options.recursive))
    made = output.resolve()
    paths = [path for path in paths if not _lies_in(path, made)]
    if not paths and pattern:
        raise SourceError(f"no film matches {source}; ** in it looks into folders.")
    if not paths:
        more = "" if options.recursive else "; --recursive looks into its folders"
        raise SourceError(f"{source} holds no film{more}.")
    films = [_film(path, root, output, work) for path in paths]
    _mark_twins(films)
    return films


def film_of(source: Path, output: Path, work: Work) -> Film:
    """Returns one film by itself; its manifest lies beside the output."""
    state = output.parent / STATE_FOLDER
    return Film(source=source, output=output, state=state, work=work)


def _lies_in(path: Path, folder: Path) -> bool:
    """Whether a film lies below a folder, however the two are written."""
    return (path.parent.resolve() / path.name).is_relative_to(folder)


def _fixed_part(pattern: str) -> Path:
    """Returns the folder above the first part with a wildcard."""
    parts = []
    for part in Path(pattern).parts:
        if has_magic(part):
            break
        parts.append(part)
    return Path(*parts)


def _films_in(folder: Path, *, recursive: bool) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if _is_film(path):
            yield path
        elif recursive and path.is_dir() and not path.is_symlink():
            yield from _films_in(path, recursive=True)


def _is_film(path: Path) -> bool:
    return path.suffix.lower() in FILM_SUFFIXES and path.is_file()


def _film(path: Path, root: Path, output: Path, work: Work) -> Film:
    container = work.options.container
    suffix = path.suffix.lower()
    if container:
        suffix = f".{container}"
    elif suffix not in CODECS_OF:
        suffix = _DEFAULT_SUFFIX
    below = path.relative_to(root).parent
    return Film(
        source=path,
        output=output / below / f"{path.stem}{suffix}",
        state=output / STATE_FOLDER / below,
        work=work,
        below=below,
    )


def _mark_twins(films: Iterable[Film]) -> None:
    """Each is told of another one that has its output; the first one of the second."""
    seen: dict[Path, Film] = {}
    for film in films:
        first = seen.setdefault(film.output, film)
        if first is not film:
            film.twin = first.source
            first.twin = first.twin or film.source


def note_failures(output: Path, films: Iterable[FilmProgress]) -> int:
    """Writes `failed.jsonl`, a line a film, and returns how many there are.

    A film that is complete but shorter than its source announced counts, too.
    """
    lines = [line for progress in films if (line := _failure(progress))]
    path = output / FAILED_FILE
    with suppress(OSError):  # on a full disk stderr has said it all
        if lines:
            write_whole(path, "".join(f"{line}\n" for line in lines))
        else:
            path.unlink(missing_ok=True)
    return len(lines)


def _failure(progress: FilmProgress) -> str:
    cause = problem_of(progress)
    if not cause:
        return ""
    film = progress.film
    values = {"source": str(film.source), "output": str(film.output), "cause": cause}
    return json.dumps(values)


def problem_of(progress: FilmProgress) -> str:
    """Returns what is wrong with a film in one line, or nothing."""
    if progress.error is not None:
        text = " ".join(str(progress.error).split())
        return text or type(progress.error).__name__
    done = progress.film.done
    return done.problem if done else ""
