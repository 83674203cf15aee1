from dataclasses import replace
from pathlib import Path

from evaluation.tasks.evaluate import TaskOutcome
from evaluation.tasks.reports.page import write_task_page


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
