import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.reference_models.files import pristine_from
from evaluation.reference_models.pristine import fit_folder, write_model
from tests.support.sets.folders import write_picture
from tests.support.sets.golden_pairs import a_clean


def test_a_folder_that_cannot_be_fitted_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="none is no folder"):
        fit_folder(tmp_path / "none")
    write_picture(tmp_path / "1.png", a_clean(50, 200, seed=1))
    with pytest.raises(EvaluationError, match=r"1\.png: .*96x96"):
        fit_folder(tmp_path)


def test_each_picture_is_told_and_too_few_blocks_are_refused(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_picture(tmp_path / f"{seed}.png", a_clean(96, 96, seed))
    told: list[None] = []

    with pytest.raises(EvaluationError, match=f"{tmp_path}: .*72 sharp blocks"):
        fit_folder(tmp_path, lambda: told.append(None))

    assert len(told) == 2


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    upper = np.triu_indices(36)
    covariance = np.random.default_rng(0).random((36, 36))
    covariance = covariance @ covariance.T
    fields = {
        "mean": list(range(36)),
        "covariance_upper": covariance[upper].tolist(),
    }

    write_model(fields, tmp_path / "model.json")

    back = pristine_from(json.loads((tmp_path / "model.json").read_text()))
    assert back.mean.tolist() == list(range(36))
    assert np.array_equal(back.covariance, covariance)
