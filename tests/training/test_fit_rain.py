from pathlib import Path

import numpy as np
import pytest

from tests.support.sets.folders import write_picture
from training.fit_rain import main


def _pairs(root: Path) -> Path:
    clean = np.full((80, 96, 3), 60, np.uint8)
    for number in range(2):
        rainy = clean.copy()
        rainy[10:60, 20 + number :: 16] = 160
        write_picture(root / "input" / f"{number}.png", rainy)
        write_picture(root / "target" / f"{number}.png", clean)
    return root


@pytest.mark.slow
def test_the_command_prints_a_style_and_both_sets_of_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--rounds", "2", "--crops", "2", "--size", "32"]

    main([f"pairs:{_pairs(tmp_path)}", *words])

    told = capsys.readouterr().out
    assert "layers=(" in told
    assert "coherence" in told
    assert "in the set" in told
