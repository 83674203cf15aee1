"""What an earlier run left: whether it was the same work, and what of it is there."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from streamer.errors import StreamerError
from streamer.library.state.identity import SourceIdentity, difference, identity_of
from streamer.library.state.manifest import FilmRecord, Manifest
from streamer.library.work import DEFAULT_SETTINGS


class GrownError(StreamerError):
    """A source was longer, or shorter, when its pieces were done."""


def refuse_same(source: Path, output: Path) -> None:
    """Refuses to write a film over its own source.

    Raises:
        StreamerError: They are one file.
    """
    if output.exists() and output.samefile(source):
        raise StreamerError(
            f"{output}: source and output are the same; nothing was changed"
        )


def refuse_foreign(output: Path, manifest: Path) -> None:
    """Refuses a file that no manifest speaks of: not ours to write over unasked.

    Raises:
        StreamerError: There is such a file.
    """
    if output.exists() and not manifest.exists():
        raise StreamerError(
            f"{output} exists already and was not made by an earlier run here; -y "
            "writes over it"
        )


def refuse_other(
    manifest: Manifest,
    source: Path,
    output: Path,
    identity: SourceIdentity,
    recipe: Mapping[str, Any],
) -> None:
    """Refuses to go on with what was begun of another source, or otherwise.

    A film that is complete may have been made by another version of the program.

    Args:
        manifest: Of the film, which was begun.
        source: For the message.
        output: For the message.
        identity: Of the source now.
        recipe: Of the work now.

    Raises:
        StreamerError: They differ; the first difference is named.
    """
    before = manifest.film
    if before is None:
        return
    if change := difference(asdict(before.identity), asdict(identity)):
        raise StreamerError(
            f"{source} is not the file that was begun: its {change}; "
            "--restart begins anew"
        )
    begun = _as_of(recipe, before.recipe) if manifest.done else before.recipe
    if change := difference(begun, recipe):
        raise StreamerError(
            f"{output} was begun otherwise: {change}; --restart begins anew"
        )


def _as_of(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an earlier recipe as the version of `now` would have noted it.

    An option that was not known yet had its default; one that is gone decides nothing.
    """
    settings = {name: before.get(name, was) for name, was in DEFAULT_SETTINGS.items()}
    made_by = {name: now[name] for name in ("version", "fusion") if name in now}
    return {"weights": before.get("weights"), **made_by, **settings}


def refuse_changed(before: FilmRecord, source: Path) -> None:
    """Refuses to complete a film whose source was written to meanwhile.

    Raises:
        GrownError: It has another length.
        StreamerError: It was written to; the first difference is named.
        SourceError: It is gone.
    """
    now = identity_of(source)
    if change := difference(asdict(before.identity), asdict(now)):
        said = f"{source} was written to while it was worked on: its {change}"
        if now.size != before.identity.size:
            raise GrownError(f"{said}; the next run begins anew")
        raise StreamerError(f"{said}; --restart begins anew")


def forget_what_is_gone(manifest: Manifest, output: Path, folder: Path) -> None:
    """Takes what is missing or cut off the disk for not done.

    Args:
        manifest: Of the film; is changed, its file is not.
        output: The film.
        folder: Of its pieces.
    """
    done = manifest.done
    if done is not None and _size(output) == done.bytes:
        return
    manifest.done = None
    for number, piece in list(manifest.pieces.items()):
        if piece.file and _size(folder / piece.file) != piece.bytes:
            del manifest.pieces[number]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
