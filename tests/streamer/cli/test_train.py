"""What `derain train` runs, and what it says; the training itself is in `training`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
import typer

from streamer.cli.train import train_command
from training import TrainSettings
from training.run import Trained


@dataclass
class Trainings:
    """Stands for the training, which takes minutes; keeps what was asked for."""

    asked: list[TrainSettings] = field(default_factory=list)
    finished: bool = True

    def __call__(self, settings: TrainSettings, **_more: Any) -> Trained:
        self.asked.append(settings)
        weights = Path(settings.output) / f"{settings.title}.safetensors"
        return Trained(weights=weights, finished=self.finished)


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> Trainings:
    trainings = Trainings()
    monkeypatch.setattr("streamer.cli.train.train", trainings)
    return trainings


def a_config(folder: Path, *lines: str) -> Path:
    path = folder / "run.toml"
    text = ["steps = 2", f'output = "{folder}/out"', *lines]
    path.write_text("\n".join(text), encoding="utf-8")
    return path


def test_one_network_is_trained_and_its_weights_are_named(
    trainings: Trainings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train_command(a_config(tmp_path, 'model = "mspfn-lite"'), device="cpu")

    [asked] = trainings.asked
    assert (asked.model, asked.output) == ("mspfn-lite", f"{tmp_path}/out")
    assert capsys.readouterr().out.splitlines()[-1].startswith("mspfn-lite: ")


def test_options_go_before_the_file(trainings: Trainings, tmp_path: Path) -> None:
    config = a_config(tmp_path, 'schedule = "cosine"')

    train_command(config, budget="9m", output="elsewhere", device="cpu")

    [asked] = trainings.asked
    assert (asked.budget, asked.output) == ("9m", "elsewhere")


def test_each_run_of_a_study_has_a_folder_of_its_own(
    trainings: Trainings, tmp_path: Path
) -> None:
    config = a_config(tmp_path, 'models = ["mspfn-lite", "mspfn-tiny"]')

    train_command(config, device="cpu")

    assert [(run.model, run.output) for run in trainings.asked] == [
        (name, f"{tmp_path}/out/{name}") for name in ("mspfn-lite", "mspfn-tiny")
    ]


def test_an_interrupted_run_ends_with_130_and_no_other_begins(
    trainings: Trainings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainings.finished = False
    config = a_config(tmp_path, 'models = ["mspfn-lite", "mspfn-tiny"]')

    with pytest.raises(typer.Exit) as end:
        train_command(config, device="cpu")

    assert end.value.exit_code == 130
    assert len(trainings.asked) == 1
    assert capsys.readouterr().err == "Interrupted; --resume goes on from here.\n"


def test_a_score_without_a_folder_is_refused_before_the_work(
    trainings: Trainings, tmp_path: Path
) -> None:
    with pytest.raises(typer.BadParameter, match="SET:FOLDER, got 'Rain100H'"):
        train_command(a_config(tmp_path, 'score = ["Rain100H"]'), device="cpu")

    assert trainings.asked == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_gpu_that_is_not_there_is_refused_before_the_work(
    trainings: Trainings, tmp_path: Path
) -> None:
    with pytest.raises(typer.BadParameter, match="cuda:1: PyTorch sees no CUDA devi"):
        train_command(a_config(tmp_path), device="cuda:1")

    assert trainings.asked == []
