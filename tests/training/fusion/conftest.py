from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from training.data.pictures import CleanPictures


@pytest.fixture
def wide_folder(tmp_path: Path) -> Path:
    """Two drawn pictures, large enough for the fastest camera."""
    folder = tmp_path / "wide"
    folder.mkdir()
    rng = np.random.default_rng(2)
    for n in range(2):
        noise = rng.normal(0, 1, (400, 420, 3)).astype(np.float32)
        soft = 110 + 240 * cv2.GaussianBlur(noise, (0, 0), 3)
        cv2.imwrite(str(folder / f"{n}.png"), np.clip(soft, 0, 255).astype(np.uint8))
    return folder


@pytest.fixture
def wide_pictures(wide_folder: Path) -> CleanPictures:
    """The pictures of `wide_folder`."""
    return CleanPictures([wide_folder], torch.device("cpu"))
