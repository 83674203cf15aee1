from pathlib import Path

import cv2
import numpy as np
import pytest

from evaluation.tasks.labels.palette import palette_indices
from tests.support.sets.palette_png import COLOURS, write_palette_png

ROWS = [[0, 1, 2, 3, 1, 0, 3, 2, 1], [3, 3, 0, 0, 2, 1, 1, 1, 0]]


@pytest.mark.parametrize("depth", [2, 4, 8])
def test_indices_are_read_whatever_their_bits(tmp_path: Path, depth: int) -> None:
    path = write_palette_png(tmp_path / "m.png", ROWS, depth, COLOURS)

    found = palette_indices(path.read_bytes())

    assert found is not None
    assert found.tolist() == ROWS


def test_one_bit_is_enough_for_two_classes(tmp_path: Path) -> None:
    rows = [[0, 1, 1, 0], [1, 0, 0, 1]]
    path = write_palette_png(tmp_path / "m.png", rows, 1, COLOURS[:2])

    found = palette_indices(path.read_bytes())

    assert found is not None
    assert found.tolist() == rows


def test_what_has_no_palette_of_colours_has_no_indices(tmp_path: Path) -> None:
    greys = [(level,) * 3 for level in (255, 20, 3, 0)]
    grey = write_palette_png(tmp_path / "m.png", ROWS, 8, greys).read_bytes()
    levels = cv2.imencode(".png", np.zeros((4, 4), np.uint8))[1].tobytes()
    jpeg = cv2.imencode(".jpg", np.zeros((4, 4), np.uint8))[1].tobytes()

    assert [palette_indices(data) for data in (grey, levels, jpeg, b"")] == [None] * 4


def test_a_png_that_is_cut_short_has_none(tmp_path: Path) -> None:
    data = write_palette_png(tmp_path / "m.png", ROWS, 8, COLOURS).read_bytes()

    for length in (8, 20, 40, 60):
        assert palette_indices(data[:length]) is None
