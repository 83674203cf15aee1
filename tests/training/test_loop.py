import math
from pathlib import Path
from typing import Any

import pytest
import torch

from training import TrainSettings
from training.data.batches import Batches
from training.data.pictures import CleanPictures
from training.loop import AsyncScalar, Trainer
from training.progress.schedule import Phase
from training.rain.pool import RainPool

CPU = torch.device("cpu")


def test_on_the_cpu_a_number_is_there_at_once() -> None:
    losses = AsyncScalar()
    assert losses.wait() == 0.0

    assert losses.put(torch.tensor(3.0)) == 3.0
    assert losses.put(torch.tensor(math.nan)) != losses.wait()


class OnGpu:
    """A number on a GPU: it is on the host when an event is waited for."""

    is_cuda = True

    def __init__(self, value: float) -> None:
        self.value = value

    def detach(self) -> "OnGpu":
        return self


class Room:
    def __init__(self) -> None:
        self.value, self.coming = math.inf, math.inf

    def copy_(self, number: OnGpu, *, non_blocking: bool) -> None:
        assert non_blocking
        self.coming = number.value

    def __float__(self) -> float:
        return self.value


def test_on_a_gpu_the_number_of_the_step_before_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rooms: list[Room] = []

    class Event:
        def record(self) -> None:
            self.room = rooms[-1]

        def synchronize(self) -> None:
            self.room.value = self.room.coming

    def room(*_: Any, **__: Any) -> Room:
        rooms.append(Room())
        return rooms[-1]

    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch, "empty", room)
    losses: Any = AsyncScalar()

    told = [losses.put(OnGpu(value)) for value in (1.0, 2.0, 3.0)]

    assert told == [1.0, 1.0, 2.0]
    assert losses.wait() == 3.0


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
