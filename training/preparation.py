"""What a run works with: the pictures it learns from, and what trains on them."""

import csv
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from model import variant_named
from training.data.batches import Batches
from training.data.camera import Camera
from training.data.pairs import RealPairs, open_pairs
from training.data.pictures import CleanPictures, TrainingFile
from training.data.sequences import Sequences
from training.errors import TrainingError
from training.loop import Trainer
from training.rain.layers import RainLayers
from training.rain.pool import KINDS, RainPool
from training.rain.showers import Showers
from training.settings import LAYERS, TrainSettings
from training.video_loop import VideoTrainer


def prepared(
    settings: TrainSettings,
    device: torch.device,
    warn: Callable[[str], None],
    clock: Callable[[], float],
) -> tuple[Trainer, list[TrainingFile]]:
    """Returns what trains, and the files that it learns from.

    Args:
        settings: The run.
        device: Where it runs.
        warn: Called with each pair that is left out, and why.
        clock: In seconds, for a run with a budget.

    Raises:
        TrainingError: Pictures or pairs cannot be had, or the settings contradict.
        ModelError: There is no such network.
    """
    generator = torch.Generator(device).manual_seed(settings.seed)
    if not settings.clean and not settings.pairs:
        raise TrainingError("Nothing to train on: set `clean`, `pairs` or both.")
    if settings.frames > 1 or variant_named(settings.model).memory:
        return _on_sequences(settings, generator, clock)
    clean = pool = pairs = None
    files: list[TrainingFile] = []
    if settings.clean:
        clean = _clean(settings, device)
        files += clean.files
        pool = _pool(settings, generator)
    if settings.pairs:
        pairs = _real_pairs(settings, device, warn)
        settings = replace(settings, steps=_planned_steps(settings, pairs))
        files += pairs.files
    batches = Batches(
        generator,
        clean=clean,
        pool=pool,
        pairs=pairs,
        pair_share=settings.pair_share,
        renew=settings.rain_renew,
        weather=settings.weather,
    )
    return Trainer(settings, batches, generator, clock=clock), files


def _on_sequences(
    settings: TrainSettings, generator: torch.Generator, clock: Callable[[], float]
) -> tuple[Trainer, list[TrainingFile]]:
    """The same for frames of moving scenes: with a memory, or each by itself."""
    clean = _clean(settings, generator.device)
    showers = Showers(
        _pool(settings, generator),
        frames=settings.frames,
        falling=settings.falling,
        generator=generator,
    )
    sequences = Sequences(
        generator,
        clean=clean,
        showers=showers,
        camera=Camera(frames=settings.frames, fastest=settings.fastest),
        renew=settings.rain_renew,
        weather=settings.weather,
    )
    memory = variant_named(settings.model).memory
    trainer = VideoTrainer if memory else Trainer
    return trainer(settings, sequences, generator, clock=clock), clean.files


def _clean(settings: TrainSettings, device: torch.device) -> CleanPictures:
    return CleanPictures([Path(folder) for folder in settings.clean], device)


def _real_pairs(
    settings: TrainSettings, device: torch.device, warn: Callable[[str], None]
) -> RealPairs:
    sets = [open_pairs(text) for text in settings.pairs]
    pairs = RealPairs(sets, device, augment=settings.augment)
    for error in pairs.errors:
        warn(error)
    return pairs


def _pool(settings: TrainSettings, generator: torch.Generator) -> RainPool:
    kinds = dict(KINDS)
    if settings.rain_layers:
        folders = [Path(folder) for folder in settings.rain_layers]
        kinds[LAYERS] = RainLayers(folders, generator.device).maps
    return RainPool(
        settings.rain,
        settings.rain_maps,
        settings.rain_size,
        generator,
        kinds=kinds,
    )


def _planned_steps(settings: TrainSettings, pairs: RealPairs) -> int:
    """The steps that the epochs come to, where epochs were asked for."""
    if not settings.epochs:
        return settings.steps
    (phase,) = settings.phases
    crops = len(pairs) if settings.epoch == "pairs" else pairs.places(phase.size)
    return settings.epochs * math.ceil(crops / phase.batch)


def write_manifest(path: Path, files: list[TrainingFile]) -> None:
    """Writes the list of training files with their hashes, as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "sha256"])
        writer.writerows(sorted((f.name, f.sha256) for f in files))
