import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality import drawn_report
from benchmarks.quality.drawn_report import SCENES, draw, write_page
from evaluation.pictures import read_picture
from evaluation.sets import open_set
from tests.conftest import PROJECT

_LARGEST = 1_500_000


@pytest.fixture
def _two_small_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_report, "SCENES", SCENES[:2])
    monkeypatch.setattr(drawn_report, "_SIZE", (64, 48))


@pytest.mark.slow
@pytest.mark.usefixtures("_two_small_scenes")
def test_each_drawn_picture_has_its_dry_twin(tmp_path: Path) -> None:
    draw(tmp_path)

    found = open_set("pairs", str(tmp_path))
    wet = read_picture(found.samples[0].rainy.path).astype(np.float32)
    dry = read_picture(tmp_path / "target" / f"{found.samples[0].name}.png")
    assert len(found.samples) == 2
    assert not found.problems
    assert (wet - dry).mean() > 1


@pytest.mark.slow
@pytest.mark.usefixtures("_two_small_scenes")
def test_the_page_is_made_from_drawn_pictures_alone(tmp_path: Path) -> None:
    write_page(tmp_path / "page.html", "input")

    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 2 * 4
    assert str(tmp_path) not in page


def test_the_committed_page_loads_nothing_and_is_small() -> None:
    page = (PROJECT / "docs" / "report.html").read_text(encoding="utf-8")

    assert len(page) < _LARGEST
    assert "mspfn-lite" in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)
