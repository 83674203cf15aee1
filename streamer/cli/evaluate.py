"""`derain evaluate`: scores networks on a test set, in the field's own protocols."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from evaluation.entrants import Entrant, Network, Untouched
from evaluation.keeping import Keeper
from evaluation.measures import Measure, measures_for
from evaluation.metrics.protocols import PROTOCOLS
from evaluation.reports.json_report import write_json
from evaluation.reports.terminal import print_evaluation
from evaluation.runner import PictureRun
from evaluation.scores import Evaluation
from evaluation.sets import SETS, TestSet, open_set

_SETS_HELP = f"Which set: {', '.join(SETS)}."
_PROTOCOL_HELP = f"Convention of PSNR and SSIM: {', '.join(PROTOCOLS)}."


def evaluate(
    set_name: Annotated[str, typer.Argument(metavar="SET", help=_SETS_HELP)],
    root: Annotated[str, typer.Argument(help="The folder that holds the set.")],
    model: Annotated[
        str, typer.Option(help="A variant, a .safetensors file, or `input`.")
    ] = "mspfn-lite",
    models: Annotated[
        str | None, typer.Option(help="Several side by side: a,b,c.")
    ] = None,
    input_row: Annotated[
        bool, typer.Option("--input/--no-input", help="A row for the rainy input.")
    ] = True,
    protocol: Annotated[str, typer.Option(help=_PROTOCOL_HELP)] = "mprnet",
    metrics: Annotated[
        str | None, typer.Option(help="Which measures: psnr,ssim,...")
    ] = None,
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write every figure here.")
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, help="Processes that measure; figures stay the same.")
    ] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    backend: Annotated[
        str, typer.Option(help="auto, torch, openvino or tensorrt.")
    ] = "auto",
    precision: Annotated[str, typer.Option(help="auto, fp32, fp16 or bf16.")] = "auto",
) -> None:
    """Score networks on a test set, and put the paper's figures beside them."""
    test_set = open_set(set_name, root)
    measures = measures_for(_listed(metrics or "psnr,ssim,fsim"), protocol, {})
    names = _listed(models or model)
    entrants: list[Entrant] = [Untouched()] if input_row or "input" in names else []
    entrants += [
        Network(name, device=device, backend=backend, precision=precision)
        for name in names
        if name != "input"
    ]
    outcome = _run(test_set, measures, entrants, jobs, json_path)
    if json_path is not None:
        write_json(outcome, json_path)
    print_evaluation(outcome, Console())


def _run(
    test_set: TestSet,
    measures: list[Measure],
    entrants: list[Entrant],
    jobs: int,
    json_path: Path | None,
) -> Evaluation:
    keeper = Keeper(json_path and json_path.with_suffix(".kept.jsonl"))
    with _progress() as progress:
        tasks = {
            entrant.name: progress.add_task(entrant.name, total=test_set.found)
            for entrant in entrants
        }
        run = PictureRun(
            test_set, measures, keeper, lambda name: progress.advance(tasks[name])
        )
        return run.evaluate(entrants, jobs)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
