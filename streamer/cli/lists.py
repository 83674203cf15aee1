"""Lists as a user writes them behind an option."""

from pathlib import Path

import typer


def listed(text: str) -> tuple[str, ...]:
    """Returns the parts of `a,b,c`, without spaces around them."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def named_folder(text: str) -> tuple[str, Path]:
    """Returns name and folder of `NAME=FOLDER`.

    Raises:
        typer.BadParameter: It is something else.
    """
    name, equals, folder = text.partition("=")
    if not (name and equals and folder):
        raise typer.BadParameter(f"--results is NAME=FOLDER, got {text!r}.")
    return name, Path(folder)
