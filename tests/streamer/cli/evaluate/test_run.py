from pathlib import Path

import pytest
import typer

from evaluation.reports.progress import ProgressBars
from streamer.cli.evaluate.run import check_page, interruptible


def test_what_was_evaluated_is_returned() -> None:
    def evaluate(progress: ProgressBars) -> str:
        progress.step("input")
        return "scores"

    assert interruptible(evaluate) == "scores"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("interrupted; 3 figures are kept", "derain: interrupted; 3 figures are kept"),
        ("", "derain: interrupted before the first picture"),
    ],
)
def test_an_interrupt_says_what_is_kept_and_ends_with_130(
    said: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def evaluate(_: ProgressBars) -> None:
        raise KeyboardInterrupt(said)

    with pytest.raises(typer.Exit) as end:
        interruptible(evaluate)

    assert end.value.exit_code == 130
    assert told in capsys.readouterr().err.splitlines()


def test_a_page_without_a_folder_is_refused_before_the_work(tmp_path: Path) -> None:
    check_page(None)
    check_page(tmp_path / "page.html")

    with pytest.raises(typer.BadParameter, match=r"no folder .*none for --html"):
        check_page(tmp_path / "none" / "page.html")
