"""Makes small sets on disk, in the forms of their authors."""

from pathlib import Path

import cv2
import numpy as np

from evaluation.metrics.luma import RgbArray
from tests.support.sets.golden_pairs import a_pair

HEIGHT, WIDTH = 24, 32


def write_picture(path: Path, picture: RgbArray) -> Path:
    """Writes RGB, by the suffix of `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.ascontiguousarray(picture[..., ::-1]))
    return path


def write_named(folder: Path, *names: str, height: int = HEIGHT) -> None:
    """Writes a picture under each of these names."""
    for seed, name in enumerate(names, start=1):
        write_picture(folder / name, a_pair(height, WIDTH, seed)[0])


def write_pairs(
    root: Path, count: int, height: int = HEIGHT, width: int = WIDTH
) -> Path:
    """Writes `input/` and `target/` with `1.png` and so on."""
    for seed in range(1, count + 1):
        rainy, clean = a_pair(height, width, seed)
        write_picture(root / "input" / f"{seed}.png", rainy)
        write_picture(root / "target" / f"{seed}.png", clean)
    return root
