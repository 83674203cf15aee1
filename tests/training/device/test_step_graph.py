"""Steps that are captured and replayed learn what steps one by one do."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from training import TrainSettings
from training.data.batches import Batches
from training.data.pictures import CleanPictures
from training.device.step_graph import StepGraph
from training.errors import TrainingError
from training.loop import Trainer
from training.progress.schedule import Phase
from training.rain.pool import RainPool


class Recorder:
    """Captures as CUDA does: what is captured is done only when it is replayed."""

    def __init__(self) -> None:
        self.one_by_one = self.captures = self.replays = 0

    def run(self, work: Callable[[], Tensor]) -> Tensor:
        self.one_by_one += 1
        return work()

    def captured(self, work: Callable[[], Tensor]) -> tuple[Callable[[], None], Tensor]:
        self.captures += 1
        result = torch.zeros(())

        def replay() -> None:
            self.replays += 1
            result.copy_(work())

        return replay, result


def losses_of(
    clean_folder: Path, steps: int, capture: Recorder | None
) -> tuple[list[float], dict[str, Tensor]]:
    phases = (Phase(start=0.0, size=32, batch=1),)
    settings = TrainSettings(
        model="mspfn-tiny",
        steps=steps,
        phases=phases,
        rain_maps=2,
        rain_size=32,
        precision="fp32",
        rain_renew=0,
        rain={"light": 1.0},
    )
    generator = torch.Generator().manual_seed(3)
    clean = CleanPictures([clean_folder], torch.device("cpu"))
    pool = RainPool(settings.rain, settings.rain_maps, settings.rain_size, generator)
    batches = Batches(generator, clean=clean, pool=pool)
    trainer = Trainer(settings, batches, generator, capture=capture)
    return [trainer.step().loss for _ in range(steps)], trainer.average


@pytest.mark.slow
def test_a_run_of_replayed_steps_is_the_run_of_single_ones_bit_for_bit(
    clean_folder: Path,
) -> None:
    recorder = Recorder()

    plain, weights = losses_of(clean_folder, 5, None)
    replayed, same = losses_of(clean_folder, 5, recorder)

    assert replayed == plain
    assert all(torch.equal(same[name], weights[name]) for name in weights)
    assert (recorder.one_by_one, recorder.captures, recorder.replays) == (3, 1, 2)


def test_a_loss_is_kept_when_the_next_step_is_replayed() -> None:
    step = StepGraph(lambda rainy, clean, closing: (rainy - clean).sum(), Recorder())
    clean = torch.zeros(1, 3, 2, 2)

    losses = [step(clean + value, clean, False) for value in range(6)]

    assert [float(loss) for loss in losses] == [12.0 * value for value in range(6)]


def test_each_form_of_batch_is_captured_by_itself() -> None:
    recorder = Recorder()
    step = StepGraph(lambda rainy, clean, closing: rainy.sum() + closing, recorder)

    for closing in (False, True):
        for size in (2, 4):
            losses = [
                step(torch.full((1, 3, size, size), float(n)), torch.zeros(1), closing)
                for n in range(5)
            ]
            expected = [3.0 * size * size * n + closing for n in range(5)]
            assert [float(loss) for loss in losses] == expected

    assert (recorder.captures, recorder.replays) == (4, 8)


def test_the_processor_captures_nothing_and_is_refused() -> None:
    generator = torch.Generator()
    batches = Batches(generator, clean=None, pool=None)

    with pytest.raises(TrainingError, match="step_graph cannot be kept: cpu"):
        Trainer(TrainSettings(step_graph=True), batches, generator)
    with pytest.raises(TrainingError, match="without `compile`"):
        TrainSettings(step_graph=True, compile=True)
