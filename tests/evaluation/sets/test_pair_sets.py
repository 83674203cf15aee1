from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.sets import open_set
from tests.support.sets.folders import write_named, write_pairs


def _names(root: Path, name: str) -> list[tuple[str, str]]:
    found = open_set(name, str(root)).samples
    return [
        (sample.rainy.path.name, sample.truth.path.name if sample.truth else "")
        for sample in found
    ]


def test_a_folder_of_another_layout_is_told_which_are_known(tmp_path: Path) -> None:
    (tmp_path / "wet").mkdir()

    with pytest.raises(EvaluationError, match="holds no Rain100H in a known") as error:
        open_set("Rain100H", str(tmp_path))

    assert "input/ with target/" in str(error.value)
    assert "rainy and clean pictures together in ./" in str(error.value)


def test_a_set_is_counted_against_the_published_number(tmp_path: Path) -> None:
    write_pairs(tmp_path / "Rain12", 11)

    found = open_set("rain12", str(tmp_path))

    assert found.counted(11) == "11 of 12 pairs: NOT COMPLETE"
    assert found.counted(12) == "12 pairs"


@pytest.mark.parametrize(
    ("name", "rainy", "truth"),
    [
        ("Rain100H", "input/1.png", "target/1.png"),
        ("Rain100H", "inputcrop/1.png", "cleancrop/1.png"),
        ("Rain100H", "R100H/inputcrop/1.png", "R100H/cleancrop/1.png"),
        ("Rain100H", "rainy/rain-001.png", "norain-001.png"),
        ("Rain100H", "rain/X2/norain-1x2.png", "norain/norain-1.png"),
        ("Rain100L", "rain/norain-1x2.png", "norain/norain-001.png"),
        ("Rain100L", "rain-001.png", "norain-001.png"),
        ("Test100", "rain/rain-001.png", "norain/norain-001.png"),
        ("Test2800", "rainy_image/901_1.jpg", "ground_truth/901.jpg"),
        ("Test2800", "input/801_14.jpg", "target/801.jpg"),
        ("Test2800", "input/1_1.jpg", "target/1_1.jpg"),
        ("Rain12", "001_in.png", "001_GT.png"),
        ("Rain12", "input/001_in.png", "groundtruth/001_GT.png"),
        ("COCO350", "input/1.png", "target/1.png"),
        ("SPA", "real_test_1000/rain/000.png", "real_test_1000/gt/000gt.png"),
    ],
)
def test_authors_folder_forms_are_known(
    tmp_path: Path, name: str, rainy: str, truth: str
) -> None:
    write_named(tmp_path, rainy, truth)

    assert _names(tmp_path, name) == [(Path(rainy).name, Path(truth).name)]
