"""What must hold of FSIM; the authors' own values are in `test_golden.py`."""

import numpy as np
import pytest

from evaluation.metrics.fsim import feature_similarity
from tests.support.sets.golden_pairs import a_pair

RAINY, CLEAN = a_pair(48, 64, seed=1)


def test_a_picture_is_like_itself() -> None:
    same = feature_similarity(CLEAN, CLEAN)

    assert [same.fsim, same.fsimc] == pytest.approx([1, 1])


def test_rain_makes_it_less_like_and_both_ways_alike() -> None:
    there, back = feature_similarity(RAINY, CLEAN), feature_similarity(CLEAN, RAINY)

    assert 0 < there.fsimc <= there.fsim < 1
    assert (there.fsim, there.fsimc) == pytest.approx((back.fsim, back.fsimc))


def test_colour_alone_is_seen_by_fsimc_only() -> None:
    greyer = CLEAN.copy()
    greyer[..., 0], greyer[..., 2] = CLEAN[..., 2], CLEAN[..., 0]

    found = feature_similarity(greyer, CLEAN)

    assert found.fsimc < found.fsim


def test_flat_pictures_without_features_have_a_figure() -> None:
    dark, bright = (np.full((32, 32, 3), level, np.uint8) for level in (10, 240))

    assert feature_similarity(dark, dark).fsim == pytest.approx(1)
    assert 0 < feature_similarity(dark, bright).fsim <= 1


def test_pictures_of_two_sizes_are_refused_with_both() -> None:
    with pytest.raises(ValueError, match=r"\[48, 64, 3\] and \[40, 64, 3\]"):
        feature_similarity(CLEAN, CLEAN[:40])
