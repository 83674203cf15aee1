"""Pictures drawn from whole numbers alone: the same everywhere, no file needed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Picture = NDArray[np.uint8]

SPECS = ((192, 288, 1), (301, 419, 2), (520, 600, 3), (400, 770, 4))
_WORD = np.uint64(0xFFFFFFFF)


def a_clean(height: int, width: int, seed: int) -> Picture:
    """Draws soft noise of four sizes, another one in each channel."""
    fine = [
        (weight, _noise(height, width, step, seed * 10 + salt))
        for weight, step, salt in ((4, 16, 3), (2, 5, 4), (1, 2, 5))
    ]
    shared = sum((weight * noise for weight, noise in fine), np.int64(0))
    channels = [
        (8 * _noise(height, width, 64, seed * 10 + k) + shared) // 15 for k in range(3)
    ]
    return np.stack(channels, axis=-1).astype(np.uint8)


def a_rainy(clean: Picture, seed: int) -> Picture:
    """Adds bright slanted streaks."""
    y, x = np.mgrid[0 : clean.shape[0], 0 : clean.shape[1]]
    along = 2 * x + y + 4096
    chance = _scattered(along // 3, y // 24, seed + 77)
    streaks = np.where(chance > 215, (chance - 215) * 4, 0)
    rainy = clean.astype(np.int64) + streaks[..., None]
    return np.minimum(255, rainy).astype(np.uint8)


def a_pair(height: int, width: int, seed: int) -> tuple[Picture, Picture]:
    """Returns rainy and clean."""
    clean = a_clean(height, width, seed)
    return a_rainy(clean, seed), clean


def _scattered(x: Whole, y: Whole, seed: int) -> Whole:
    word: Callable[[int], np.uint64] = np.uint64
    value = x.astype(np.uint64) * word(374761393) + y.astype(np.uint64) * word(
        668265263
    )
    value = (value + word(seed) * word(2246822519)) & _WORD
    value ^= value >> word(13)
    value = (value * word(1274126177)) & _WORD
    value ^= value >> word(16)
    value = (value * word(2654435761)) & _WORD
    value ^= value >> word(15)
    return (value & word(255)).astype(np.int64)


def _noise(height: int, width: int, step: int, seed: int) -> Whole:
    y, x = np.mgrid[0:height, 0:width]
    left, top, right, low = x // step, y // step, x % step, y % step
    corners = [_scattered(left + i, top + j, seed) for j in range(2) for i in range(2)]
    above = corners[0] * (step - right) + corners[1] * right
    below = corners[2] * (step - right) + corners[3] * right
    return np.asarray((above * (step - low) + below * low) // (step * step))


def a_brisque_model(folder: Path) -> Path:
    """Writes a model whose support vectors are all zero, and its ranges beside it."""
    ranges = ["x", "-1 1", *(f"{place} 0 2" for place in range(1, 37))]
    (folder / "allrange").write_text("\n".join(ranges) + "\n", encoding="ascii")
    vector = " ".join(f"{place}:0" for place in range(1, 37))
    head = "svm_type epsilon_svr\nkernel_type rbf\ngamma 0.05\nnr_class 2\nrho -10\nSV"
    model = folder / "allmodel"
    model.write_text(f"{head}\n4 {vector}\n", encoding="ascii")
    return model
