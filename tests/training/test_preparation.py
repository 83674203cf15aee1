"""What a run works with, by its settings."""

import time
from pathlib import Path
from typing import Any

import pytest
import torch

from training import TrainingError, TrainSettings
from training.data.pictures import TrainingFile
from training.loop import Trainer
from training.preparation import prepared, write_manifest
from training.progress.schedule import Phase
from training.video_loop import VideoTrainer

SMALL: dict[str, Any] = {
    "rain_maps": 2,
    "rain_size": 32,
    "falling": 0.0,
    "phases": (Phase(start=0.0, size=32, batch=1),),
}


def trainer_for(**changes: Any) -> tuple[Trainer, list[TrainingFile]]:
    settings = TrainSettings(**{**SMALL, **changes})
    return prepared(settings, torch.device("cpu"), lambda text: None, time.monotonic)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "frames", "kind"),
    [
        ("mspfn-tiny", 1, Trainer),
        ("mspfn-tiny", 3, Trainer),
        ("mspfn-tiny-video", 3, VideoTrainer),
    ],
)
def test_a_network_with_a_memory_learns_along_its_sequences(
    clean_folder: Path, model: str, frames: int, kind: type[Trainer]
) -> None:
    trainer, files = trainer_for(clean=(str(clean_folder),), model=model, frames=frames)

    rainy, _ = trainer.batches.draw(trainer.settings.phases[0])

    assert type(trainer) is kind
    assert rainy.shape == (frames, 3, 32, 32)
    assert [file.name for file in files] == ["0.png", "1.png", "2.png"]


def test_without_pictures_there_is_nothing_to_train_on() -> None:
    with pytest.raises(TrainingError, match="Nothing to train on"):
        trainer_for(model="mspfn-tiny-video")


def test_the_manifest_lists_files_by_their_names(tmp_path: Path) -> None:
    path = tmp_path / "files.csv"

    write_manifest(path, [TrainingFile("b.png", "2"), TrainingFile("a.png", "1")])

    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines == ["file,sha256", "a.png,1", "b.png,2"]
