"""`derain train`: trains one network, or a study of several, from a TOML file."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from evaluation.evaluate import Plan, evaluate
from evaluation.reports.json_report import write_json
from evaluation.reports.progress import show_progress
from evaluation.reports.terminal import print_evaluation
from streamer.cli import INTERRUPTED
from training import TrainSettings, load_settings, train
from training.loop import Progress as StepProgress
from training.run import is_finished


def train_command(
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG", help="TOML; configs/ has examples.")
    ],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint.")
    ] = False,
    budget: Annotated[
        str | None, typer.Option(help="Time instead of steps: 9m, 2h.")
    ] = None,
    output: Annotated[
        str | None, typer.Option(help="Folder to write to, instead of the config's.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
) -> None:
    """Train a network. Ctrl-C keeps what is done; --resume goes on with it."""
    settings = load_settings(config)
    if budget is not None:
        settings = replace(settings, budget=budget)
    if output is not None:
        settings = replace(settings, output=output)
    if settings.nice:
        os.nice(settings.nice)
    scored = [_set_and_folder(text) for text in settings.score]
    weights = [_trained(one, _device(device), resume=resume) for one in _runs(settings)]
    try:
        for set_name, root in scored:
            _score(set_name, root, weights, Path(settings.output))
    except KeyboardInterrupt as stop:
        typer.echo(
            "Interrupted; figures are kept, --resume goes on with them.", err=True
        )
        raise typer.Exit(INTERRUPTED) from stop


def _runs(settings: TrainSettings) -> list[TrainSettings]:
    """The one run, or those of a study, each with a folder of its own."""
    models = [replace(settings, model=name, name=name) for name in settings.models]
    study = [*models, *settings.runs]
    return [
        replace(one, models=(), runs=(), output=f"{settings.output}/{one.title}")
        for one in study
    ] or [settings]


def _trained(settings: TrainSettings, device: torch.device, *, resume: bool) -> Path:
    """The weights of a run; trained now, unless they are there and done."""
    weights = Path(settings.output) / f"{settings.title}.safetensors"
    if resume and is_finished(weights, settings):
        typer.echo(f"{settings.title}: done before, {weights}")
        return weights
    with _Display(settings, device) as display:
        trained = train(
            settings,
            device=device,
            resume=resume,
            report=display.show,
            warn=display.warn,
        )
    typer.echo(f"{settings.title}: {trained.weights}")
    if not trained.finished:
        typer.echo("Interrupted; --resume goes on from here.", err=True)
        raise typer.Exit(INTERRUPTED)
    return trained.weights


def _set_and_folder(text: str) -> tuple[str, str]:
    set_name, colon, root = text.partition(":")
    if not colon:
        raise typer.BadParameter(f"score is SET:FOLDER, got {text!r}.")
    return set_name, root


def _score(set_name: str, root: str, weights: list[Path], output: Path) -> None:
    plan = Plan(
        set_name=set_name,
        root=root,
        models=tuple(str(path) for path in weights),
        cache=output / f"{set_name}.kept.jsonl",
    )
    with show_progress() as progress:
        outcome = evaluate(plan, progress)
    write_json(outcome.evaluation, output / f"{set_name}.json")
    print_evaluation(outcome.evaluation, Console())


def _device(asked: str) -> torch.device:
    able = torch.cuda.is_available()
    if asked == "auto":
        return torch.device("cuda" if able else "cpu")
    if asked.startswith("cuda") and not able:
        raise typer.BadParameter(f"{asked}: PyTorch sees no CUDA device.")
    return torch.device(asked)


class _Display:
    """A bar on a terminal, a line for each checkpoint elsewhere."""

    def __init__(self, settings: TrainSettings, device: torch.device) -> None:
        self._console = Console()
        self._console.print(f"Training {settings.title} on {device}.")
        self._bar = Progress(
            TextColumn("step {task.fields[step]}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("loss {task.fields[loss]:.4f}"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID = self._bar.add_task("", total=1.0, step=0, loss=0.0)

    def __enter__(self) -> "_Display":
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def warn(self, text: str) -> None:
        """Says what of the data is left out."""
        self._console.print(f"left out: {text}", markup=False, highlight=False)

    def show(self, now: StepProgress, psnr: float | None) -> None:
        """Shows where the run stands; called after every step."""
        self._bar.update(
            self._task, completed=now.progress, step=now.step, loss=now.loss
        )
        if psnr is not None:
            left = now.elapsed * (1 / max(now.progress, 1e-9) - 1)
            self._console.print(
                f"step {now.step}: {now.progress:.1%} done, {left / 60:.0f} min left, "
                f"loss {now.loss:.4f}, validation {psnr:.2f} dB"
            )
