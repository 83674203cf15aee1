from rich.progress import Progress

from evaluation.reports.progress import ProgressBars, show_progress


def test_lines_count_under_their_names() -> None:
    bars = Progress(disable=True)
    progress = ProgressBars(bars)

    progress.begin("mspfn", 3)
    for name in ("mspfn", "input", "mspfn"):
        progress.step(name)

    lines = [(task.description, task.completed, task.total) for task in bars.tasks]
    assert lines == [("mspfn", 2, 3), ("input", 1, None)]


def test_nothing_of_it_goes_to_standard_output(capsys: object) -> None:
    with show_progress() as progress:
        progress.begin("mspfn", 1)
        progress.step("mspfn")

    assert capsys.readouterr().out == ""  # type: ignore[attr-defined] # pytest's
