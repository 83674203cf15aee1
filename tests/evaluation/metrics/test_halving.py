import numpy as np
import pytest

from evaluation.metrics.halving import halved


def test_halving_keeps_a_flat_plane_and_rounds_odd_sizes_up() -> None:
    small = halved(np.full((7, 10), 3.5))

    assert small.shape == (4, 5)
    assert small == pytest.approx(3.5)
