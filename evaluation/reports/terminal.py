"""Prints the table, and below it everything that is missing, by name."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.reports.table import Cell, TableRow, heads, rows, title
from evaluation.scores import Evaluation

_NAMED = 12
_WIDE = 4


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Prints the figures of an evaluation for a person."""
    shown = rows(evaluation)
    on_its_side = len(evaluation.measures) > _WIDE
    console.print((_transposed if on_its_side else _upright)(evaluation, shown))
    console.print("small figures: 95 % bootstrap interval of the mean", style="dim")
    for row in shown:
        if row.is_ours:
            line = f"{row.name}: {row.provenance}"
            console.print(escape(line), highlight=False, style="bold")
    for remark in evaluation.remarks:
        console.print(escape(remark), highlight=False)
    print_problems(evaluation.problems, console)


def print_problems(problems: tuple[str, ...], console: Console) -> None:
    """Prints what is missing, in red, the first of it by name."""
    for problem in problems[:_NAMED]:
        console.print(f"[red]problem:[/] {escape(problem)}", highlight=False)
    if len(problems) > _NAMED:
        rest = len(problems) - _NAMED
        console.print(f"[red]problem:[/] and {rest} more, all named in --json")


def _upright(evaluation: Evaluation, shown: tuple[TableRow, ...]) -> Table:
    table = Table(title=escape(title(evaluation)))
    table.add_column("method", overflow="fold")
    for text in heads(evaluation):
        table.add_column(escape(text), justify="right")
    for row in shown:
        style = "bold" if row.is_ours else "dim"
        name = row.name if row.is_ours else f"{row.name} (paper)"
        table.add_row(escape(name), *map(_text, row.cells), style=style)
    return table


def _transposed(evaluation: Evaluation, shown: tuple[TableRow, ...]) -> Table:
    table = Table(title=escape(title(evaluation)))
    table.add_column("measure", overflow="fold")
    for row in shown:
        table.add_column(escape(row.name), justify="right", overflow="fold")
    for place, text in enumerate(heads(evaluation)):
        table.add_row(escape(text), *(_text(row.cells[place]) for row in shown))
    return table


def _text(cell: Cell) -> str:
    small = f"\n[dim not bold]{escape(cell.detail)}[/]" if cell.detail else ""
    return escape(cell.value) + small
