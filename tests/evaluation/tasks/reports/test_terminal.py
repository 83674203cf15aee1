import io
from pathlib import Path

import pytest
from rich.console import Console

from evaluation.tasks.evaluate import TaskOutcome
from evaluation.tasks.reports.terminal import print_task


def _printed(outcome: TaskOutcome, width: int) -> str:
    file = io.StringIO()
    print_task(outcome.evaluation, Console(file=file, width=width))
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 200])
def test_no_figure_is_broken_over_lines(outcome: TaskOutcome, width: int) -> None:
    printed = _printed(outcome, width)

    cells = [c.strip() for c in printed.replace("┃", "│").split("│")]
    assert max(map(len, printed.splitlines())) <= width
    assert cells.count("100.0") >= 6 * 3  # mIoU, mPA and PA of each method
    assert not {"10", "100.", "0."} & set(cells)


def test_a_wide_terminal_has_all_in_one_table(outcome: TaskOutcome) -> None:
    assert "further figures" in _printed(outcome, 80)
    assert "further figures" not in _printed(outcome, 200)


def test_it_says_where_results_of_others_lie(outcome: TaskOutcome) -> None:
    printed = _printed(outcome, 400)

    folder = Path(outcome.evaluation.labelled.root).parent / "same"
    assert f"same: results in {folder}, " in printed
