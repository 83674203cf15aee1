"""`derain evaluate detection|segmentation`: deraining by what a judge sees in it."""

from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.console import Console

from evaluation.evaluate import Plan
from evaluation.reports.progress import show_progress
from evaluation.tasks.evaluate import (
    GATES,
    PAPER_THRESHOLD,
    TaskOutcome,
    TaskPlan,
    evaluate_task,
)
from evaluation.tasks.judges.settings import read_judge
from evaluation.tasks.labelled_set import Task
from evaluation.tasks.labels.classes import FORMS
from evaluation.tasks.labels.open import NAMED_SETS, Where
from evaluation.tasks.reports.json_report import write_task_json
from evaluation.tasks.reports.page import write_task_page
from evaluation.tasks.reports.terminal import print_task
from streamer.cli import INTERRUPTED
from streamer.cli.lists import listed, named_folder
from streamer.cli.rain.kinds import KINDS, rain_kind


def evaluate_tasks_command(
    task: Annotated[
        str, typer.Argument(metavar="TASK", help="detection or segmentation.")
    ],
    root: Annotated[
        Path, typer.Argument(metavar="ROOT", help="A folder of labelled pictures.")
    ],
    judge: Annotated[
        Path, typer.Option(help="TOML: which detector or segmenter, and how it is fed.")
    ],
    rain: Annotated[
        str | None,
        typer.Option(help=f"Make rain on dry pictures, a,b,c: {KINDS}."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the rain that is made.")] = 0,
    labels: Annotated[
        Path | None,
        typer.Option(help="A label file or folder, if not found by itself."),
    ] = None,
    classes: Annotated[
        Path | None,
        typer.Option(help=f"What masks mean: classes.toml, or {', '.join(FORMS)}."),
    ] = None,
    listing: Annotated[
        Path | None,
        typer.Option("--list", help="Only the pictures that this file names."),
    ] = None,
    set_name: Annotated[
        str,
        typer.Option("--set", help=f"Which set it is: {', '.join(NAMED_SETS)}."),
    ] = "",
    threshold: Annotated[
        float,
        typer.Option(min=0, max=1, help="Score above which a detection counts."),
    ] = PAPER_THRESHOLD,
    model: Annotated[
        str, typer.Option(help="A network by name, a .safetensors file, or `input`.")
    ] = "mspfn-lite",
    models: Annotated[
        str | None, typer.Option(help="Several side by side: a,b,c.")
    ] = None,
    results: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FOLDER",
            help="A row for pictures that another program made; may be repeated.",
        ),
    ] = None,
    gate: Annotated[
        str, typer.Option(help="The rain gate: off, on; both are a row each.")
    ] = "off",
    json_path: Annotated[
        Path | None,
        typer.Option(
            "--json", help="Write every figure; an interrupted run goes on from here."
        ),
    ] = None,
    html_path: Annotated[
        Path | None, typer.Option("--html", help="Write one page with pictures.")
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, help="Processes that look; figures stay the same.")
    ] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    backend: Annotated[
        str, typer.Option(help="auto, openvino, torch, compile or cuda.")
    ] = "auto",
    precision: Annotated[
        str,
        typer.Option(help="auto, fp32, fp16, bf16, int8; several are a row each."),
    ] = "auto",
) -> None:
    """Score deraining by a detector or a segmenter; does it help, or does it hurt?"""
    if html_path is not None and not html_path.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {html_path.parent} for --html.")
    methods = Plan(
        set_name=task,
        root=str(root),
        models=listed(models or model),
        results=tuple(map(named_folder, results or [])),
        cache=json_path and json_path.with_suffix(".kept.jsonl"),
        jobs=jobs,
        device=device,
        backend=backend,
        precisions=listed(precision),
    )
    plan = TaskPlan(
        task=_task(task),
        where=Where(
            root=root,
            labels=labels,
            classes=classes,
            listing=listing,
            set_name=set_name,
        ),
        judge=read_judge(judge),
        methods=methods,
        rain=tuple(rain_kind(kind) for kind in listed(rain or "")),
        seed=seed,
        gates=_gates(gate),
        threshold=threshold,
    )
    outcome = _evaluated(plan)
    if json_path is not None:
        write_task_json(outcome.evaluation, json_path)
    if html_path is not None:
        write_task_page(outcome, html_path)
    print_task(outcome.evaluation, Console())


def _evaluated(plan: TaskPlan) -> TaskOutcome:
    try:
        with show_progress() as progress:
            return evaluate_task(plan, progress)
    except KeyboardInterrupt as stop:
        # Typer would turn it into a bare status.
        told = str(stop) or "interrupted before the first picture"
        typer.echo(f"derain: {told}", err=True)
        raise typer.Exit(INTERRUPTED) from stop


def _task(text: str) -> Task:
    for known in get_args(Task):
        if text == known:
            return known
    raise typer.BadParameter(f"TASK is detection or segmentation, got {text}.")


def _gates(text: str) -> tuple[str, ...]:
    found = listed(text)
    strange = [gate for gate in found if gate not in GATES]
    if strange or not found:
        raise typer.BadParameter(f"--gate is off, on or both, got {text}.")
    return found
