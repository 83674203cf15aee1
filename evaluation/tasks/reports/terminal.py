"""Prints the table, the paper's beside it, and everything that is missing, by name."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.reports.terminal import print_problems
from evaluation.tasks.outcome import TaskEvaluation
from evaluation.tasks.paper_table import printed_tables
from evaluation.tasks.reports.table import class_lines, heads, lines, remarks, title

_STYLES = {"helps": "green", "hurts": "red", "no difference": "yellow", "": "bold"}


def print_task(evaluation: TaskEvaluation, console: Console) -> None:
    """Prints the figures of an evaluation for a person."""
    table = Table(title=escape(title(evaluation)))
    for place, text in enumerate(heads(evaluation)):
        table.add_column(
            escape(text), justify="left" if place < 2 else "right", overflow="fold"
        )
    before = ""
    for line in lines(evaluation):
        if before and line.cells[0] != before:
            table.add_section()
        before = line.cells[0]
        table.add_row(*map(escape, line.cells), style=_STYLES[line.verdict])
    console.print(table)
    console.print(
        "figures in percent; gap closed and words go by the first", style="dim"
    )
    head, rows = class_lines(evaluation)
    console.print(_plain("single classes", head, rows))
    for printed in printed_tables(evaluation.labelled.task, evaluation.labelled.name):
        columns = ("method", *printed.columns)
        console.print(_plain(printed.title, columns, printed.rows))
    for remark in remarks(evaluation):
        console.print(escape(remark), highlight=False)
    print_problems(evaluation.problems, console)


def _plain(name: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=escape(name), style="dim")
    for place, text in enumerate(head):
        table.add_column(
            escape(text), justify="right" if place else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*map(escape, row), style="dim")
    return table
