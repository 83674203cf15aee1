import math
from pathlib import Path

import pytest

from evaluation.metrics.brisque import brisque, brisque_features
from evaluation.reference_models.files import brisque_model
from tests.support.media.golden_pairs import a_clean


def _a_brisque_model(folder: Path) -> Path:
    ranges = ["x", "-1 1", *(f"{place} 0 2" for place in range(1, 37))]
    (folder / "allrange").write_text("\n".join(ranges) + "\n", encoding="ascii")
    vector = " ".join(f"{place}:0" for place in range(1, 37))
    head = "svm_type epsilon_svr\nkernel_type rbf\ngamma 0.05\nnr_class 2\nrho -10\nSV"
    model = folder / "allmodel"
    model.write_text(f"{head}\n4 {vector}\n", encoding="ascii")
    return model


def test_brisque_follows_its_model_file(tmp_path: Path) -> None:
    picture = a_clean(64, 96, seed=2)
    scaled = brisque_features(picture) - 1

    score = brisque(picture, brisque_model(_a_brisque_model(tmp_path)))

    expected = 4 * math.exp(-0.05 * float(scaled @ scaled)) + 10
    assert score == pytest.approx(expected)
