"""A network with a memory learns from sequences."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from training import TrainingError, TrainSettings
from training.data.camera import Camera
from training.data.pictures import CleanPictures
from training.data.sequences import Sequences
from training.progress.schedule import Phase
from training.rain.pool import RainPool
from training.rain.showers import Showers
from training.video_loop import VideoTrainer, stretches

CPU = torch.device("cpu")
SETTINGS = TrainSettings(
    model="mspfn-tiny-video",
    clean=("pictures",),
    frames=3,
    precision="fp32",
    rate=1e-3,
    schedule="cosine",
    warm_up=1,
    phases=(Phase(start=0.0, size=32, batch=1),),
)


def trainer(folder: Path, **changes: Any) -> VideoTrainer:
    generator = torch.Generator().manual_seed(0)
    pool = RainPool({"light": 1.0}, 2, 48, generator)
    settings = replace(SETTINGS, **changes)
    sequences = Sequences(
        generator,
        clean=CleanPictures([folder], CPU),
        showers=Showers(pool, frames=settings.frames, falling=0.0, generator=generator),
        camera=Camera(frames=settings.frames, fastest=2.0),
    )
    return VideoTrainer(settings, sequences, generator)


def test_a_sequence_is_cut_where_the_gradient_ends() -> None:
    assert list(stretches(5, 2)) == [range(2), range(2, 4), range(4, 5)]
    assert list(stretches(5, 0)) == [range(5)]


@pytest.mark.parametrize("name", ["compile", "step_graph", "fused_prelu"])
def test_settings_for_single_pictures_are_refused(
    clean_folder: Path, name: str
) -> None:
    with pytest.raises(TrainingError, match=f"{name} is for networks without"):
        trainer(clean_folder, **{name: True})


def test_a_memory_cannot_be_learned_from_one_frame(clean_folder: Path) -> None:
    with pytest.raises(TrainingError, match="expected 2 frames or more, got frames"):
        trainer(clean_folder, frames=1)


def test_a_network_without_a_memory_is_refused(clean_folder: Path) -> None:
    with pytest.raises(TrainingError, match="mspfn-tiny has no memory"):
        trainer(clean_folder, model="mspfn-tiny")


@pytest.mark.slow
def test_what_looks_at_the_memory_is_trained_and_the_gates_that_forget(
    clean_folder: Path,
) -> None:
    learner = trainer(clean_folder)
    before = {name: p.clone() for name, p in learner.network.named_parameters()}

    learner.step()

    after = dict(learner.network.named_parameters())
    for name, part in (
        ("initial.0.conv.weight", slice(12, None)),
        ("coarse.units.1.cell.gates.weight", slice(32, None)),
    ):
        moved = (after[name] - before[name])[:, part] != 0
        assert moved.float().mean() > 0.9  # a few see nothing in so small a crop
    forget = "coarse.units.2.cell.gates.bias"
    assert ((after[forget] - before[forget])[64:96] != 0).float().mean() > 0.9


@pytest.mark.slow
def test_a_gradient_that_is_cut_gives_the_same_loss_and_another_step(
    clean_folder: Path,
) -> None:
    losses, weights = [], []
    for back in (0, 1):
        learner = trainer(clean_folder, back_frames=back)
        learner.step()
        losses.append(learner.last_loss())
        weights.append(learner.network.get_parameter("initial.0.conv.weight"))

    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert not torch.equal(*weights)


@pytest.mark.slow
def test_bf16_takes_steps_as_well(clean_folder: Path) -> None:
    learner = trainer(clean_folder, precision="bf16")

    learner.step()

    assert 0 < learner.last_loss() < 1
