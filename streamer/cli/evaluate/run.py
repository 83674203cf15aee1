"""An evaluation as the command line runs it: with progress, and stopped by Ctrl-C."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typer

from evaluation.reports.progress import ProgressBars, show_progress
from streamer.cli import INTERRUPTED

_Outcome = TypeVar("_Outcome")


def interruptible(evaluate: Callable[[ProgressBars], _Outcome]) -> _Outcome:
    """Returns what `evaluate` returns; Ctrl-C says what is kept.

    Raises:
        typer.Exit: It was interrupted.
    """
    try:
        with show_progress() as progress:
            return evaluate(progress)
    except KeyboardInterrupt as stop:
        # Typer would turn it into a bare status.
        told = str(stop) or "interrupted before the first picture"
        typer.echo(f"derain: {told}", err=True)
        raise typer.Exit(INTERRUPTED) from stop


def check_page(path: Path | None) -> None:
    """Looks before the work whether the page can be written after it.

    Raises:
        typer.BadParameter: Its folder is missing.
    """
    if path is not None and not path.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {path.parent} for --html.")
