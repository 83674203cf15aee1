"""A training run from its settings to its weights: resumes, saves, says how it goes."""

import csv
import json
import math
import signal
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from types import FrameType

import torch
from torch import nn

from model import read_header
from training.errors import TrainingError
from training.loop import Progress, Trainer
from training.preparation import prepared, write_manifest
from training.progress.running_clock import RunningClock
from training.settings import TrainSettings
from training.validation import (
    validation_crops,
    validation_psnr,
    validation_psnr_over_time,
    validation_sequence,
)

Validation = Callable[[nn.Module], float]
"""Measures a network: PSNR in dB."""

CHECKPOINT = "checkpoint.pt"
CURVES = "curves.csv"
MANIFEST = "training_files.csv"
BEST = "best.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What a run leaves."""

    weights: Path
    finished: bool
    """False where it was interrupted: `resume` goes on."""


def train(
    settings: TrainSettings,
    *,
    device: torch.device,
    resume: bool,
    report: Callable[[Progress, float | None], None],
    warn: Callable[[str], None] = lambda text: None,
) -> Trained:
    """Trains a network.

    Ends when the plan is done, or at SIGINT or SIGTERM after the step in hand; both
    leave a checkpoint and weights.

    Args:
        settings: The run.
        device: Where it runs.
        resume: Go on from the checkpoint in the output folder, if there is one.
        report: Called after every step; with the validation PSNR, in dB, whenever a
            checkpoint was written.
        warn: Called with each pair that is left out, and why.

    Raises:
        TrainingError: The run cannot start: pictures, pairs or checkpoint.
    """
    output = Path(settings.output)
    output.mkdir(parents=True, exist_ok=True)
    checkpoint = output / CHECKPOINT
    if checkpoint.exists() and not resume:
        raise TrainingError(
            f"{checkpoint} holds a run already: --resume goes on with it, "
            "another `output` begins a new one."
        )
    with RunningClock() as clock:
        trainer, files = prepared(settings, device, warn, clock)
        write_manifest(output / MANIFEST, files)
        if checkpoint.exists():
            trainer.resume(checkpoint)
        weights = _drive(trainer, output, report)
        return Trained(weights=weights, finished=trainer.progress >= 1)


def _drive(
    trainer: Trainer,
    output: Path,
    report: Callable[[Progress, float | None], None],
) -> Path:
    settings = trainer.settings
    run = _Run(trainer, output, _validation(settings, trainer.device), report)
    # cuDNN's trials find the fastest kernels, and not always the same ones: only for
    # runs that do not repeat bit for bit anyway.
    trials = settings.budget_seconds is not None
    with torch.backends.cudnn.flags(enabled=True, benchmark=trials):
        return run.to_the_end()


def _validation(settings: TrainSettings, device: torch.device) -> Validation | None:
    """What measures the run's network; on sequences if it learns from them."""
    if not settings.validation:
        return None
    folder = Path(settings.validation)
    if settings.frames > 1:
        sequence = validation_sequence(folder, device)
        return partial(validation_psnr_over_time, sequence=sequence)
    return partial(validation_psnr, clean=validation_crops(folder, device))


def is_finished(weights: Path, settings: TrainSettings) -> bool:
    """Says whether a run of this length has come to its end and left these weights."""
    if not weights.is_file():
        return False
    header = read_header(weights)
    before = json.loads(header.get("settings", "{}"))
    as_long = all(
        before.get(name, getattr(settings, name)) == getattr(settings, name)
        for name in ("budget", "steps", "epochs")
    )
    return as_long and header.get("progress") == "1.0"


class _Run:
    """Drives a trainer, keeps its files, and stops when asked to."""

    def __init__(
        self,
        trainer: Trainer,
        output: Path,
        validation: Validation | None,
        report: Callable[[Progress, float | None], None],
    ) -> None:
        self._trainer = trainer
        self._output = output
        self._validation = validation
        self._report = report
        self._stop = False
        self._saved_at = trainer.elapsed
        self._unsaved: Progress | None = None
        self._best = _best_so_far(output / BEST)

    def to_the_end(self) -> Path:
        before = {
            number: signal.signal(number, self._ask_to_stop)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            while self._trainer.progress < 1 and not self._stop:
                self._step()
            ended = self._trainer.progress >= 1
            return self._save(self._unsaved if ended else None)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop = True

    def _step(self) -> None:
        now = self._trainer.step()
        self._check(now.loss)
        if now.elapsed - self._saved_at < self._trainer.settings.checkpoint_seconds:
            self._report(now, None)
            self._unsaved = now
            return
        self._save(now)

    def _check(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise TrainingError(
                f"The loss is {loss} at step {self._trainer.steps_done}; the "
                "checkpoint of before is whole. A lower `rate` may help."
            )

    def _save(self, now: Progress | None) -> Path:
        trainer = self._trainer
        loss = trainer.last_loss()
        self._check(loss)
        trainer.save(self._output / CHECKPOINT)
        self._unsaved = None
        self._saved_at = trainer.elapsed
        weights = self._output / f"{trainer.settings.title}.safetensors"
        trainer.save_weights(weights, about(trainer))
        if now is not None:
            psnr = None
            if self._validation is not None:
                psnr = self._validation(trainer.averaged_network())
            now = replace(now, loss=loss)
            _append_row(self._output / CURVES, now, psnr)
            self._keep_best(now, psnr)
            self._report(now, psnr)
        return weights

    def _keep_best(self, now: Progress, psnr: float | None) -> None:
        """Writes the weights beside the last ones if none before were as good."""
        if psnr is None or not psnr > self._best:  # NaN is not better either
            return
        self._best = psnr
        title = self._trainer.settings.title
        path = self._output / f"{title}-best.safetensors"
        told = {**about(self._trainer), "validation_psnr": f"{psnr:.4f}"}
        self._trainer.save_weights(path, told)
        _append_row(self._output / BEST, now, psnr)


def _append_row(path: Path, now: Progress, psnr: float | None) -> None:
    new = not path.exists()
    row = {**asdict(now), "validation_psnr": "" if psnr is None else psnr}
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)


def _best_so_far(path: Path) -> float:
    """The best validation PSNR of a run that is gone on with."""
    if not path.exists():
        return -math.inf
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return max((float(row["validation_psnr"]) for row in rows), default=-math.inf)


def about(trainer: Trainer) -> dict[str, str]:
    """Returns what a weights file says of its making, for its header."""
    return {
        "steps": str(trainer.steps_done),
        "progress": str(trainer.progress),
        "seconds": f"{trainer.elapsed:.0f}",
        "seed": str(trainer.settings.seed),
        "torch": torch.__version__,
        "commit": _commit(),
        "settings": json.dumps(asdict(trainer.settings)),
    }


def _commit() -> str:
    here = Path(__file__).parent
    try:
        said = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607 - whichever git the user has
            cwd=here,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said.stdout.strip()
