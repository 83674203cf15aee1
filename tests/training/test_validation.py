from pathlib import Path

import pytest
import torch
from torch import nn

from model import build_network
from training import TrainingError
from training.validation import (
    validation_crops,
    validation_psnr,
    validation_psnr_over_time,
    validation_sequence,
)

CPU = torch.device("cpu")


class Truth(nn.Module):
    """Knows the clean pictures."""

    def __init__(self, clean: torch.Tensor) -> None:
        super().__init__()
        self.clean = clean

    def forward(self, _rainy: torch.Tensor) -> torch.Tensor:
        return self.clean


def test_the_crops_are_always_the_same_and_fit_into_every_picture(
    clean_folder: Path,
) -> None:
    crops = validation_crops(clean_folder, CPU)

    assert crops.shape == (12, 3, 80, 80)  # of pictures that are 80 lines high
    assert torch.equal(crops, validation_crops(clean_folder, CPU))


def test_a_network_is_measured_under_the_same_rain_each_time() -> None:
    clean = torch.rand(4, 3, 48, 48, generator=torch.Generator().manual_seed(0))

    untouched = validation_psnr(nn.Identity(), clean)

    assert untouched == validation_psnr(nn.Identity(), clean)
    assert 5 < untouched < 40


def test_the_truth_itself_has_the_best_there_is() -> None:
    clean = torch.rand(4, 3, 48, 48, generator=torch.Generator().manual_seed(0))

    assert validation_psnr(Truth(clean), clean) == pytest.approx(80, abs=1e-3)


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="Expected pictures"):
        validation_crops(tmp_path, CPU)


@pytest.mark.slow
def test_moving_scenes_are_always_the_same_and_measured_by_frames(
    clean_folder: Path,
) -> None:
    sequence = validation_sequence(clean_folder, CPU)
    again = validation_sequence(clean_folder, CPU)
    network = build_network("mspfn-tiny-video").eval()
    for name in ("reconstruction.rain.weight", "share.weight"):
        torch.nn.init.zeros_(network.get_parameter(name))

    untouched = validation_psnr_over_time(nn.Identity(), sequence)

    assert torch.equal(sequence.rainy, again.rainy)
    assert 5 < untouched < 60
    # It finds no rain, whatever it remembers.
    assert validation_psnr_over_time(network, sequence) == pytest.approx(untouched)
