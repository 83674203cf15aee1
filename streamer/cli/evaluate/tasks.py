"""`derain evaluate detection|segmentation`: deraining by what a judge sees in it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.console import Console

from evaluation.tasks.evaluate import GATES, TaskPlan, evaluate_task
from evaluation.tasks.judges.settings import read_judge
from evaluation.tasks.labelled_set import Task
from evaluation.tasks.reports.json_report import write_task_json
from evaluation.tasks.reports.page import write_task_page
from evaluation.tasks.reports.terminal import print_task
from streamer.cli.evaluate.options import MethodOptions, TaskOptions
from streamer.cli.evaluate.run import check_page, interruptible
from streamer.cli.lists import listed
from streamer.cli.options import options_of, value_of, with_options
from streamer.cli.rain.kinds import rain_kind


@with_options(options_of(MethodOptions, TaskOptions))
def evaluate_tasks_command(
    task: Annotated[
        str, typer.Argument(metavar="TASK", help="detection or segmentation.")
    ],
    root: Annotated[
        Path, typer.Argument(metavar="ROOT", help="A folder of labelled pictures.")
    ],
    *,
    judge: Annotated[
        Path, typer.Option(help="TOML: which detector or segmenter, and how it is fed.")
    ],
    given: Mapping[str, Any],
) -> None:
    """Score deraining by a detector or a segmenter; does it help, or does it hurt?"""
    methods, asked = value_of(MethodOptions, given), value_of(TaskOptions, given)
    if not 0 <= asked.threshold <= 1:
        raise typer.BadParameter(f"--threshold is 0 to 1, got {asked.threshold}.")
    check_page(methods.html)
    plan = TaskPlan(
        task=_task(task),
        where=asked.where(root),
        judge=read_judge(judge),
        methods=methods.plan(task, str(root)),
        rain=tuple(rain_kind(kind) for kind in listed(asked.rain or "")),
        seed=asked.seed,
        gates=_gates(asked.gate),
        threshold=asked.threshold,
    )
    outcome = interruptible(lambda progress: evaluate_task(plan, progress))
    if methods.json is not None:
        write_task_json(outcome.evaluation, methods.json)
    if methods.html is not None:
        write_task_page(outcome, methods.html)
    print_task(outcome.evaluation, Console())


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
