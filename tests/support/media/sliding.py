"""A still scene seen through a window that slides over it: motion that is known."""

import numpy as np

from evaluation.metrics.luma import RgbArray
from tests.support.sets.golden_pairs import a_clean

SIDE = 64


def sliding_window(place: int) -> RgbArray:
    """A window that slides over one scene, 2 pixels a frame."""
    scene = a_clean(SIDE, SIDE + 40, seed=5)
    return np.ascontiguousarray(scene[:, 2 * place : 2 * place + SIDE])
