"""How long work is cut, resumed and shared out: options of `derain run`."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from sources.settings.options import Declared, Option, declared_in, problem_in
from streamer.errors import StreamerError


@dataclass(frozen=True, kw_only=True, slots=True)
class LibraryOptions:
    """What is done of a film, and how it is cut into pieces.

    Raises:
        StreamerError: A number is out of its range, or two options exclude each other.
    """

    resume: Annotated[
        bool,
        Option(
            "Work in pieces, and go on where an earlier run ended.", names=("--resume",)
        ),
    ] = False
    restart: Annotated[
        bool,
        Option("Begin anew, whatever an earlier run has done.", names=("--restart",)),
    ] = False
    start: Annotated[
        str | None, Option("Begin here: seconds, or 1:02:03.5. Sound goes along.")
    ] = None
    duration: Annotated[str | None, Option("Only so long: seconds, or 1:02:03.5.")] = (
        None
    )
    preview: Annotated[
        bool,
        Option(
            "Three seconds from the middle, before and after side by side.",
            names=("--preview",),
        ),
    ] = False
    piece: Annotated[
        int, Option("Seconds of film in a piece, which a crash may cost.", least=1)
    ] = 60
    jobs: Annotated[
        int, Option("Pieces or films that are worked on at once.", least=1)
    ] = 1
    recursive: Annotated[
        bool,
        Option("Of a library: folders in it, too.", names=("--recursive",)),
    ] = False
    container: Annotated[
        str | None,
        Option(
            "Of a library: what films become: mp4, mov, mkv, webm (as they are). Of "
            "SINK -: matroska, nut, mpegts (matroska).",
            choices=("mp4", "mov", "mkv", "webm"),
        ),
    ] = None

    def __post_init__(self) -> None:
        if problem := problem_in(self):
            raise StreamerError(problem)
        if self.preview and (self.start or self.duration):
            raise StreamerError("--preview chooses start and duration by itself")
        for name in ("start", "duration"):
            if (text := getattr(self, name)) is not None:
                seconds_in(text, f"--{name}")

    @property
    def is_excerpt(self) -> bool:
        """Whether only a part of the film is wanted."""
        return bool(self.start or self.duration or self.preview)

    @property
    def in_pieces(self) -> bool:
        """Whether anything here asks for a film in pieces."""
        return self.resume or self.restart or self.is_excerpt


LIBRARY_OPTIONS: Mapping[str, Declared] = {
    option.name: option for option in declared_in(LibraryOptions)
}


def seconds_in(text: str, name: str) -> Fraction:
    """Returns the seconds of `90`, `1:30.5` or `1:02:03`.

    Raises:
        StreamerError: It is none of these; `name` is named.
    """
    try:
        parts = [Fraction(part) for part in text.split(":")]
    except (ValueError, ZeroDivisionError):
        parts = []
    if not 1 <= len(parts) <= 3 or any(part < 0 for part in parts):
        raise StreamerError(f"{name} must be like 90, 1:30.5 or 1:02:03; got {text!r}")
    total = Fraction(0)
    for part in parts:
        total = total * 60 + part
    return total
