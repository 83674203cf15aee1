import re
from pathlib import Path

from evaluation.methods import Method
from evaluation.reports.html_report import write_html
from evaluation.scores import Evaluation


def test_the_page_holds_its_pictures_and_loads_nothing(
    outcome: Evaluation, methods: list[Method], tmp_path: Path
) -> None:
    write_html(outcome, methods, tmp_path / "page.html")

    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 3 * 4
    assert "the 2 worst by PSNR" in page
    assert "<svg" in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)
