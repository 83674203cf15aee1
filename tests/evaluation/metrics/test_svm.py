import numpy as np
import pytest

from evaluation.metrics.svm import coupled


def test_coupled_probabilities_follow_the_pairwise_ones() -> None:
    pairwise = np.array([[0.5, 0.9, 0.9], [0.1, 0.5, 0.6], [0.1, 0.4, 0.5]])

    chances = coupled(pairwise)

    assert chances.sum() == pytest.approx(1)
    assert chances[0] > chances[1] > chances[2]
