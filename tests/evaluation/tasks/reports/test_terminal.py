import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from evaluation.evaluate import Plan
from evaluation.tasks.evaluate import TaskOutcome, TaskPlan, evaluate_task
from evaluation.tasks.judges.settings import read_judge
from evaluation.tasks.labels.open import Where
from evaluation.tasks.reports.page import write_task_page
from evaluation.tasks.reports.terminal import print_task
from tests.support.media.labelled_folders import JUDGE, labelled_folder
from tests.support.networks.tiny_judges import bright_judge
from tests.support.silent_progress import Silent


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> TaskOutcome:
    """Four pictures and seven methods: the dry pictures, and the input again."""
    home = tmp_path_factory.mktemp("home")
    root = labelled_folder(home / "set")
    bright_judge(home / "bright.onnx")
    (home / "judge.toml").write_text(f"{JUDGE}multiple = 1\n")
    shutil.copytree(root / "input", home / "same")
    names = [f"a method of number {number}" for number in range(6)]
    results = (*((name, root / "target") for name in names), ("same", home / "same"))
    plan = TaskPlan(
        task="segmentation",
        where=Where(root=root),
        judge=read_judge(home / "judge.toml"),
        methods=Plan(set_name="", root="", models=("input",), results=results),
    )
    return evaluate_task(plan, Silent())


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


def test_the_page_shows_pictures_of_every_method(
    outcome: TaskOutcome, tmp_path: Path
) -> None:
    write_task_page(outcome, tmp_path / "page.html")

    page = (tmp_path / "page.html").read_text()
    assert page.count('<details class="gallery"') == 7
    assert page.count('<details class="gallery" open') == 1
    assert page.count("<img") == 6 * 4 * 3
    assert "No picture differs from the input." in page.split("same, rain")[-1]


def test_a_picture_that_is_gone_is_left_out_of_the_page(
    outcome: TaskOutcome, tmp_path: Path
) -> None:
    samples = outcome.work.labelled.samples
    gone = replace(samples[0], rainy=None)
    labelled = replace(outcome.work.labelled, samples=(gone, *samples[1:]))

    write_task_page(
        replace(outcome, work=replace(outcome.work, labelled=labelled)),
        tmp_path / "page.html",
    )

    assert (tmp_path / "page.html").read_text().count("<img") == 6 * 3 * 3
