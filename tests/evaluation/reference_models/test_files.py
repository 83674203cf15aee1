from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.reference_models.files import brisque_model
from tests.support.sets.golden_pairs import a_brisque_model


def testa_brisque_model_without_its_ranges_is_refused(tmp_path: Path) -> None:
    path = a_brisque_model(tmp_path)
    (tmp_path / "allrange").unlink()

    with pytest.raises(EvaluationError, match="allrange"):
        brisque_model(path)
