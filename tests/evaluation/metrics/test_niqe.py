import numpy as np
import pytest

from evaluation.metrics.niqe import niqe
from evaluation.reference_models.files import niqe_model
from tests.support.sets.golden_pairs import a_clean, a_pair


def test_rain_makes_a_picture_less_natural_by_the_shipped_model() -> None:
    rainy, clean = a_pair(192, 288, seed=1)

    assert niqe(rainy, niqe_model(None)) > niqe(clean, niqe_model(None))


def test_niqe_refuses_a_flat_picture() -> None:
    flat = np.full((192, 192, 3), 90, dtype=np.uint8)

    with pytest.raises(ValueError, match="not flat"):
        niqe(flat, niqe_model(None))


def test_niqe_refuses_a_picture_below_one_block() -> None:
    with pytest.raises(ValueError, match="96x96"):
        niqe(a_clean(95, 200, seed=1), niqe_model(None))
