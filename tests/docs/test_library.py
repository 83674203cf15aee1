import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.support.drawn_clip import write_clip
from tests.conftest import PROJECT, child_environment

PAGE = (PROJECT / "docs" / "library.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LEFT = {
    "clean.mp4": 12,
    "noise.mp4": 10,
    "median.mp4": 12,
}
"""How many frames the examples leave in which file."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a user of the examples stands."""
    write_clip(tmp_path / "rainy.mp4", 12, (96, 64))
    picture = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "rainy.png"), picture)
    return tmp_path


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) >= 7


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_page_runs(folder: Path, number: int) -> None:
    (folder / "example.py").write_text(EXAMPLES[number], encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "example.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=child_environment(),
    )

    assert done.returncode == 0, done.stderr
    for name, frames in LEFT.items():
        if (folder / name).exists():
            assert frames_in(folder / name) == frames


def frames_in(path: Path) -> int:
    capture = cv2.VideoCapture(str(path))
    count = 0
    while capture.read()[0]:
        count += 1
    return count
