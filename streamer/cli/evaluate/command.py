"""`derain evaluate`: scores networks on a test set, in the field's own protocols."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from evaluation.evaluate import evaluate
from evaluation.pictures import picture_files
from evaluation.reference_models.pristine import fit_folder, write_model
from evaluation.reports.html_report import write_html
from evaluation.reports.json_report import write_json
from evaluation.reports.progress import show_progress
from evaluation.reports.terminal import print_evaluation
from evaluation.sets import SETS
from streamer.cli.evaluate.options import MeasureOptions, MethodOptions
from streamer.cli.evaluate.run import check_page, interruptible
from streamer.cli.lists import listed
from streamer.cli.options import options_of, value_of, with_options


@with_options(options_of(MethodOptions, MeasureOptions))
def evaluate_command(
    set_name: Annotated[
        str | None,
        typer.Argument(metavar="SET", help=f"Which set: {', '.join(SETS)}."),
    ] = None,
    root: Annotated[
        str | None,
        typer.Argument(metavar="ROOT", help="The folder that holds it, or a video."),
    ] = None,
    *,
    given: Mapping[str, Any],
) -> None:
    """Score networks on a test set, and put the paper's figures beside them."""
    methods = value_of(MethodOptions, given)
    measures = value_of(MeasureOptions, given)
    if measures.fit_niqe is not None:
        _fit(measures.fit_niqe, methods.json)
        return
    if set_name is None or root is None:
        raise typer.BadParameter("SET and ROOT are needed.")
    check_page(methods.html)
    plan = replace(
        methods.plan(set_name, root),
        with_input=measures.input,
        protocol=measures.protocol,
        metrics=listed(measures.metrics or ""),
        files=measures.files,
        max_frames=measures.max_frames,
        temporal=listed(measures.temporal),
    )
    outcome = interruptible(lambda progress: evaluate(plan, progress))
    if methods.json is not None:
        write_json(outcome.evaluation, methods.json)
    if methods.html is not None:
        write_html(outcome.evaluation, outcome.methods, methods.html)
    print_evaluation(outcome.evaluation, Console())


def _fit(folder: Path, path: Path | None) -> None:
    if path is None:
        raise typer.BadParameter("--fit-niqe needs --json FILE to write to.")
    with show_progress() as progress:
        if folder.is_dir():
            progress.begin("niqe-derain", len(picture_files(folder)))
        fields = fit_folder(folder, lambda: progress.step("niqe-derain"))
    write_model(fields, path)
    typer.echo(
        f"{path}: {fields['blocks']} sharp blocks of {fields['pictures']} pictures"
    )
