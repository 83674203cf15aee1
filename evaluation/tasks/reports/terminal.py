"""Prints the table, the paper's beside it, and everything that is missing, by name.

Where the terminal is too narrow for a table, its columns go into several, each as wide
as fits: figures broken over lines cannot be read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.reports.terminal import print_problems
from evaluation.tasks.outcome import TaskEvaluation
from evaluation.tasks.paper_table import printed_tables
from evaluation.tasks.reports.table import class_lines, heads, lines, remarks, title

_STYLES = {"helps": "green", "hurts": "red", "no difference": "yellow", "": "bold"}
_BORDERS = 3
"""What a column takes beside its text: a line and two blanks."""
_LONGEST_NAME = 24
"""A method's name is folded to this where a table is too wide."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a table."""

    cells: tuple[str, ...]
    style: str = "dim"


def print_task(evaluation: TaskEvaluation, console: Console) -> None:
    """Prints the figures of an evaluation for a person."""
    _print_rows(evaluation, console)
    console.print(
        "figures in percent; gap closed and words go by the first", style="dim"
    )
    _print_classes(evaluation, console)
    for printed in printed_tables(evaluation.labelled.task, evaluation.labelled.name):
        columns = ("method", *printed.columns)
        console.print(_table(printed.title, columns, list(map(_Row, printed.rows))))
    for remark in remarks(evaluation):
        console.print(escape(remark), highlight=False)
    print_problems(evaluation.problems, console)


def _print_rows(evaluation: TaskEvaluation, console: Console) -> None:
    head = heads(evaluation)
    rows = [_Row(line.cells, _STYLES[line.verdict]) for line in lines(evaluation)]
    name = title(evaluation)
    if _width(head, rows) <= console.width:
        console.print(_table(name, head, rows, named=2))
        return
    # The condition becomes a line of its own; what the words go by comes first.
    main = (1, 2, len(head) - 2, len(head) - 1)
    rest = tuple(range(3, len(head) - 2))
    console.print(_grouped(name, head, rows, main))
    for part in _parts(head, rows, 1, rest, console.width):
        console.print(_grouped("further figures", head, rows, part))


def _print_classes(evaluation: TaskEvaluation, console: Console) -> None:
    head, cells = class_lines(evaluation)
    if _width(head, list(map(_Row, cells))) <= console.width:
        console.print(_table("single classes", head, list(map(_Row, cells))))
        return
    for condition in dict.fromkeys(row.condition for row in evaluation.rows):
        head, cells = class_lines(evaluation, condition)
        rows = list(map(_Row, cells))
        rest = tuple(range(1, len(head)))
        for part in _parts(head, rows, 0, rest, console.width):
            of_part = [_Row(tuple(row.cells[i] for i in part)) for row in rows]
            columns = [head[i] for i in part]
            console.print(_table(f"single classes, {condition}", columns, of_part))


def _parts(
    head: Sequence[str],
    rows: Sequence[_Row],
    first: int,
    rest: Sequence[int],
    width: int,
) -> Iterator[tuple[int, ...]]:
    """Yields which columns stand in one table, `first` in each of them."""
    room = width - min(_wide(head, rows, first), _LONGEST_NAME + _BORDERS) - 1
    part: list[int] = []
    taken = 0
    for column in rest:
        wide = min(_wide(head, rows, column), _LONGEST_NAME + _BORDERS)
        if part and taken + wide > room:
            yield (first, *part)
            part, taken = [], 0
        part.append(column)
        taken += wide
    if part:
        yield (first, *part)


def _width(head: Sequence[str], rows: Sequence[_Row]) -> int:
    return sum(_wide(head, rows, i) for i in range(len(head))) + 1


def _wide(head: Sequence[str], rows: Sequence[_Row], column: int) -> int:
    texts = (head[column], *(row.cells[column] for row in rows))
    return max(map(len, texts)) + _BORDERS


def _table(
    name: str, head: Sequence[str], rows: Sequence[_Row], named: int = 1
) -> Table:
    """Returns a table whose first `named` columns are words, the rest figures."""
    table = Table(title=escape(name))
    for place, text in enumerate(head):
        table.add_column(
            escape(text), justify="left" if place < named else "right", overflow="fold"
        )
    before = ""
    for row in rows:
        if named > 1 and before and row.cells[0] != before:
            table.add_section()
        before = row.cells[0]
        table.add_row(*map(escape, row.cells), style=row.style)
    return table


def _grouped(
    name: str, head: Sequence[str], rows: Sequence[_Row], columns: Sequence[int]
) -> Table:
    """Returns some columns, with the condition as a line above its rows."""
    table = _table(name, [head[i] for i in columns], [])
    before = ""
    for row in rows:
        if row.cells[0] != before:
            before = row.cells[0]
            table.add_section()
            table.add_row(escape(before), style="bold italic")
        table.add_row(*(escape(row.cells[i]) for i in columns), style=row.style)
    return table
