import numpy as np
import pytest

from evaluation.metrics.niqe import niqe_features
from evaluation.metrics.sseq import sseq_features
from tests.support.sets.golden_pairs import a_clean


def test_features_do_not_depend_on_how_many_blocks_are_taken_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = a_clean(200, 296, seed=1)
    at_once = niqe_features(picture), sseq_features(picture)

    monkeypatch.setattr("evaluation.metrics.niqe._AT_ONCE", 5)
    monkeypatch.setattr("evaluation.metrics.sseq._AT_ONCE", 7)
    in_parts = niqe_features(picture), sseq_features(picture)

    assert all(map(np.array_equal, at_once, in_parts))
