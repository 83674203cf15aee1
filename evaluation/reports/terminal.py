"""Prints the table, and below it everything that is missing, by name."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.reports.table import heads, rows
from evaluation.scores import Evaluation

_NAMED = 12


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Prints the figures of an evaluation for a person."""
    console.print(_table(evaluation))
    for note in evaluation.remarks:
        console.print(escape(note), highlight=False)
    problems = evaluation.problems
    for problem in problems[:_NAMED]:
        console.print(f"[red]problem:[/] {escape(problem)}", highlight=False)
    if len(problems) > _NAMED:
        rest = len(problems) - _NAMED
        console.print(f"[red]problem:[/] and {rest} more, all named in --json")


def _table(evaluation: Evaluation) -> Table:
    test_set = evaluation.test_set
    measured = min(len(result.scores) for result in evaluation.results)
    table = Table(
        title=escape(f"{test_set.name}: {test_set.counted(measured)}"),
        caption=r"\[low, high]: 95 % bootstrap interval of the mean",
    )
    table.add_column("method")
    table.add_column("from")
    for text in heads(evaluation):
        table.add_column(escape(text), justify="right")
    table.add_column("measured")
    table.add_column("s/picture", justify="right")
    for row in rows(evaluation):
        cells = (row.name, row.origin, *row.cells, row.counted, row.seconds)
        table.add_row(*map(escape, cells), style="bold" if row.is_ours else "dim")
    return table
