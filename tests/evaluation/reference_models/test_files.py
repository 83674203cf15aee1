from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.reference_models.files import brisque_model


def _a_brisque_model(folder: Path) -> Path:
    ranges = ["x", "-1 1", *(f"{place} 0 2" for place in range(1, 37))]
    (folder / "allrange").write_text("\n".join(ranges) + "\n", encoding="ascii")
    vector = " ".join(f"{place}:0" for place in range(1, 37))
    head = "svm_type epsilon_svr\nkernel_type rbf\ngamma 0.05\nnr_class 2\nrho -10\nSV"
    model = folder / "allmodel"
    model.write_text(f"{head}\n4 {vector}\n", encoding="ascii")
    return model


def test_a_brisque_model_without_its_ranges_is_refused(tmp_path: Path) -> None:
    path = _a_brisque_model(tmp_path)
    (tmp_path / "allrange").unlink()

    with pytest.raises(EvaluationError, match="allrange"):
        brisque_model(path)
