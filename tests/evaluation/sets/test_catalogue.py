import shutil
from pathlib import Path

import pytest

from evaluation.errors import EvaluationError
from evaluation.sets import SETS, open_set


@pytest.mark.parametrize("name", [name for name in SETS if name != "video"])
def test_an_empty_folder_is_no_set(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvaluationError, match=str(tmp_path)):
        open_set(name, str(tmp_path))


def test_an_unknown_set_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="known: Rain100H"):
        open_set("Rain100X", str(tmp_path))


def test_a_missing_root_is_told(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path)

    with pytest.raises(EvaluationError, match="does not exist"):
        open_set("pairs", str(tmp_path))
