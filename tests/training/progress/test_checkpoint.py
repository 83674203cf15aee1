from pathlib import Path

import pytest
import torch

from training import TrainingError
from training.progress.checkpoint import load_checkpoint, save_checkpoint

CPU = torch.device("cpu")


def test_a_state_comes_back_bit_for_bit_and_nothing_lies_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "run.checkpoint"
    weight = torch.tensor([0.1, -1e-30])

    save_checkpoint(path, {"step": 1})
    save_checkpoint(path, {"step": 7, "network": {"weight": weight}})

    back = load_checkpoint(path, CPU)
    assert back["step"] == 7
    assert torch.equal(back["network"]["weight"], weight)
    assert list(tmp_path.iterdir()) == [path]


def test_a_checkpoint_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"Expected a checkpoint in .*; there is n"):
        load_checkpoint(tmp_path / "none.checkpoint", CPU)


@pytest.mark.parametrize("damage", ["empty", "byte", "half", "cut", "text", "zeros"])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "run.checkpoint"
    save_checkpoint(path, {"weights": torch.zeros(1000)})
    whole = path.read_bytes()
    damaged = {
        "empty": b"",
        "byte": whole[:1],
        "half": whole[: len(whole) // 2],
        "cut": whole[:-100],
        "text": b"no checkpoint at all\n",
        "zeros": bytes(len(whole)),
    }

    path.write_bytes(damaged[damage])

    with pytest.raises(TrainingError, match=r"is not a whole checkpoint: .") as refused:
        load_checkpoint(path, CPU)
    assert "\n" not in str(refused.value)
