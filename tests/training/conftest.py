from pathlib import Path

import cv2
import numpy as np
import pytest


@pytest.fixture
def clean_folder(tmp_path: Path) -> Path:
    """Three drawn pictures of 96 x 80 pixels."""
    folder = tmp_path / "clean"
    folder.mkdir()
    y, x = np.mgrid[0:80, 0:96]
    for n in range(3):
        picture = 120 + 80 * np.sin((x + 9 * n) / 11) * np.cos(y / 7)
        coloured = np.stack([picture, picture / 2, 255 - picture], 2)
        cv2.imwrite(str(folder / f"{n}.png"), coloured.astype(np.uint8))
    return folder
