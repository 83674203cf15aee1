"""What a user sees while a run lasts: a bar on a terminal, plain lines elsewhere."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_PLAIN_EVERY_SECONDS = 10.0
_NARROW = 64
"""Columns of a terminal below which the numbers have no room beside a bar."""
OnFrame = Callable[[int], None]


@contextmanager
def progress(*, quiet: bool) -> Iterator["Shown"]:
    """Shows progress on stderr until the block ends."""
    console = Console(stderr=True)
    if quiet:
        yield Shown()
    elif console.is_terminal and not console.is_dumb_terminal:
        with _bar(console) as bar, measuring_told():
            yield Shown(bar=bar)
    else:
        with measuring_told():
            yield Shown(plain=True)


@contextmanager
def measuring_told() -> Iterator[None]:
    """Says on stderr what takes long before a frame is stored.

    That is: measuring the fastest way at the first start, and a picture in tiles.
    """
    logs = [logging.getLogger(name) for name in ("derain.autotune", "derain.tiles")]
    handler = logging.StreamHandler(sys.stderr)
    for log in logs:
        log.setLevel(logging.INFO)
        log.addHandler(handler)
    try:
        yield
    finally:
        for log in logs:
            log.removeHandler(handler)


class Shown:
    """Takes the number of frames stored and shows it."""

    def __init__(self, bar: Progress | None = None, *, plain: bool = False) -> None:
        """Shows on `bar`, as plain lines, or not at all."""
        self._bar, self._plain = bar, plain
        self._task = bar.add_task("loading", total=None, fps=0.0) if bar else None
        self._total: int | None = None
        self._begun = self._told = 0.0

    def expect(self, frames: int | None) -> None:
        """Says how many frames will come, if known, and starts the clock."""
        self._total = frames
        self._begun = self._told = time.monotonic()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, total=frames, description="deraining")

    def __call__(self, frames: int) -> None:
        """Shows that so many frames are stored."""
        now = time.monotonic()
        fps = frames / max(now - self._begun, 1e-9)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=frames, fps=fps)
        elif self._plain and now - self._told >= _PLAIN_EVERY_SECONDS:
            self._told = now
            of = f" of {self._total}" if self._total else ""
            left = _time_left(self._total, frames, fps)
            sys.stderr.write(f"{frames}{of} frames, {fps:.1f} fps{left}\n")


def _time_left(total: int | None, frames: int, fps: float) -> str:
    if not total or total <= frames:
        return ""
    seconds = round((total - frames) / max(fps, 1e-9))
    return f", {seconds // 60}:{seconds % 60:02d} left"


def _bar(console: Console) -> Progress:
    numbers = (MofNCompleteColumn(), TextColumn("{task.fields[fps]:.1f} fps"))
    left = (TextColumn("left"), TimeRemainingColumn())
    columns: tuple[ProgressColumn, ...] = (*numbers, *left)
    if console.width >= _NARROW:
        named = (TextColumn("{task.description}"), BarColumn(bar_width=None))
        columns = (*named, *numbers, TimeElapsedColumn(), *left)
    return Progress(*columns, console=console, transient=True)
