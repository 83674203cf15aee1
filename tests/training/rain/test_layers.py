from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from training import TrainingError
from training.rain.layers import RainLayers

CPU = torch.device("cpu")


def _layers(folder: Path) -> Path:
    folder.mkdir()
    layer = np.zeros((40, 60), np.uint8)
    layer[5:30, 20:22] = 200
    cv2.imwrite(str(folder / "1.png"), layer)
    return folder


def test_layers_are_cut_to_size_and_scaled_in_light(tmp_path: Path) -> None:
    layers = RainLayers([_layers(tmp_path / "layers")], CPU)

    maps = layers.maps(12, 64, torch.Generator().manual_seed(0))

    assert maps.shape == (12, 1, 64, 64)
    assert maps.min() == 0
    assert 0.1 < maps.amax((1, 2, 3)).median() <= 2 * 200 / 255
    again = layers.maps(12, 64, torch.Generator().manual_seed(0))
    assert torch.equal(maps, again)


def test_a_folder_without_layers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="Expected rain layers"):
        RainLayers([tmp_path], CPU)


def test_a_layer_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"no picture")

    with pytest.raises(TrainingError, match=r"1\.png cannot be read"):
        RainLayers([tmp_path], CPU)
