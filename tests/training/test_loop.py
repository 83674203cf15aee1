from pathlib import Path
from typing import Any

import pytest
import torch

from training import TrainSettings
from training.data.batches import Batches
from training.data.pictures import CleanPictures
from training.loop import Trainer
from training.progress.schedule import Phase
from training.rain.pool import RainPool

CPU = torch.device("cpu")


def _trainer(clean_folder: Path, **settings: Any) -> Trainer:
    generator = torch.Generator().manual_seed(0)
    clean = CleanPictures([clean_folder], CPU)
    pool = RainPool({"light": 1.0}, 2, 48, generator)
    phases = (Phase(start=0.0, size=32, batch=1),)
    asked = TrainSettings(phases=phases, precision="fp32", rate=1e-3, **settings)
    return Trainer(asked, Batches(generator, clean=clean, pool=pool), generator)


@pytest.mark.slow
def test_without_averaging_the_last_weights_are_kept(clean_folder: Path) -> None:
    trainer = _trainer(clean_folder, ema=0.0)

    for _ in range(2):
        trainer.step()

    weights = trainer.network.state_dict()
    assert all(torch.equal(trainer.average[name], weights[name]) for name in weights)


@pytest.mark.slow
def test_a_gradient_is_clipped_only_when_asked(clean_folder: Path) -> None:
    moved = []
    for clip in (1e-12, 0.0):
        trainer = _trainer(clean_folder, clip=clip)
        first = {n: p.detach().clone() for n, p in trainer.network.named_parameters()}
        trainer.step()
        moved.append(
            max(
                float((p.detach() - first[n]).abs().max())
                for n, p in trainer.network.named_parameters()
            )
        )

    # Adam moves by its rate, unless the gradient is lost beside its epsilon of 1e-8.
    assert moved[0] < 1e-5
    assert moved[1] == pytest.approx(1e-3, rel=0.01)
