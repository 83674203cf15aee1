"""`derain status`: what is done in an output folder."""

from pathlib import Path
from typing import Annotated

import typer

from streamer.cli.library.table import printable
from streamer.library.state.status import status_of


def status(
    output: Annotated[
        Path, typer.Argument(metavar="OUT", help="A folder that films go into.")
    ],
) -> int:
    """Print what is done of each film in OUT."""
    films = status_of(output)
    typer.echo(f"{'frames':>16}{'fps':>8}  film")
    for film in films:
        frames = f"{film.frames}/{film.frames_expected}"
        told = f"{film.name}: {film.state}"
        typer.echo(f"{frames:>16}{film.fps:>8.1f}  {printable(told)}")
    done = sum(film.state == "done" for film in films)
    typer.echo(f"{done} of {len(films)} films are complete")
    return 0
