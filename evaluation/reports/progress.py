"""Progress on the terminal: a line for each method, with the time that is left."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)


class ProgressBars:
    """Lines of progress by name; a name that was not begun has no total."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._lines: dict[str, TaskID] = {}

    def begin(self, name: str, total: int | None) -> None:
        """Adds a line."""
        self._lines[name] = self._bars.add_task(name, total=total)

    def step(self, name: str) -> None:
        """Counts one more."""
        if name not in self._lines:
            self.begin(name, None)
        self._bars.advance(self._lines[name])


@contextmanager
def show_progress() -> Iterator[ProgressBars]:
    """Shows progress on stderr until the end; nothing of it stays."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield ProgressBars(bars)
