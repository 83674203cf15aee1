from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.reference_models.parameters import NIQE_FILE


def test_another_file_than_the_authors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "modelparameters.mat"
    path.write_bytes(b"something else")

    with pytest.raises(EvaluationError, match="SHA-256"):
        NIQE_FILE.checked(path)
