import math
from pathlib import Path

import pytest

from evaluation.metrics.brisque import brisque, brisque_features
from evaluation.reference_models.files import brisque_model
from tests.support.sets.golden_pairs import a_brisque_model, a_clean


def test_brisque_follows_its_model_file(tmp_path: Path) -> None:
    picture = a_clean(64, 96, seed=2)
    scaled = brisque_features(picture) - 1

    score = brisque(picture, brisque_model(a_brisque_model(tmp_path)))

    expected = 4 * math.exp(-0.05 * float(scaled @ scaled)) + 10
    assert score == pytest.approx(expected)
