"""What is shown of films under way: a line each, with bars on a terminal."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock, Thread

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
)

from streamer.cli.run.progress import measuring_told
from streamer.library.library import problem_of
from streamer.library.workers import DONE, FAILED, JOINING, WORKING, FilmProgress

_PLAIN_EVERY_SECONDS = 10.0
_BAR_EVERY_SECONDS = 0.5
_HEAD = f"{'state':<9}{'frames':>16}{'fps':>8}{'left':>9}  film\n"


class FilmTable:
    """Prints a line for each film that ends, and says how far the others are."""

    def __init__(self, *, quiet: bool, alone: bool) -> None:
        """`alone`: there is one film, whose end its caller tells."""
        self._quiet, self._alone = quiet, alone
        self._bars: Progress | None = None
        self._tasks: dict[int, TaskID] = {}
        self._lock = Lock()

    def changed(self, progress: FilmProgress) -> None:
        """Prints the line of a film that has ended; on any thread."""
        if progress.state == FAILED and not self._alone:
            self._print(line_of(progress), always=True)
        elif progress.state == DONE and not self._alone:
            self._print(line_of(progress))
            for note in () if progress.skipped else _notes_of(progress):
                self._print(f"note: {printable(progress.film.shown)}: {note}")

    def close_with(self, progress: FilmProgress) -> None:
        """Prints what became of the only film."""
        if self._quiet:
            return
        done = progress.film.done
        frames = done.frames if done else 0
        how = "was complete before" if progress.skipped else _speed(progress)
        output = printable(str(progress.film.output))
        sys.stdout.write(f"{output}: {frames} frames, {how}\n")

    def _print(self, text: str, *, always: bool = False) -> None:
        if self._quiet and not always:
            return
        with self._lock:
            if self._bars is not None:
                self._bars.console.print(text, highlight=False, markup=False)
            else:
                sys.stderr.write(f"{text}\n")
                sys.stderr.flush()

    @contextmanager
    def showing(self, films: Sequence[FilmProgress]) -> Iterator[None]:
        """Shows how far films are until the block ends."""
        console = Console(stderr=True)
        if self._quiet:
            yield
            return
        if not self._alone:
            sys.stderr.write(_HEAD)
        every = _PLAIN_EVERY_SECONDS
        if console.is_terminal:
            self._bars, every = _bars(console), _BAR_EVERY_SECONDS
            self._bars.start()
        over = Event()
        thread = Thread(target=self._show, args=(films, over, every), daemon=True)
        thread.start()
        try:
            with measuring_told():
                yield
        finally:
            over.set()
            thread.join()
            if self._bars is not None:
                self._bars.stop()
                self._bars = None

    def _show(self, films: Sequence[FilmProgress], over: Event, every: float) -> None:
        while not over.wait(every):
            for progress in films:
                under_way = progress.state in {WORKING, JOINING}
                if self._bars is not None:
                    self._update(self._bars, progress, under_way=under_way)
                elif under_way:
                    self._print(line_of(progress))

    def _update(
        self, bars: Progress, progress: FilmProgress, *, under_way: bool
    ) -> None:
        task = self._tasks.get(id(progress))
        if under_way and task is None:
            task = bars.add_task(
                escape(printable(progress.film.shown)), fps=0.0, left=""
            )
            self._tasks[id(progress)] = task
        if task is None:
            return
        if not under_way:
            bars.update(task, visible=False)
            return
        now_ns = time.monotonic_ns()
        bars.update(
            task,
            completed=progress.frames,
            total=progress.frames_expected,
            fps=progress.fps(now_ns),
            left=time_of(progress.seconds_left(now_ns)),
        )


def line_of(progress: FilmProgress) -> str:
    """Returns the table's line of one film."""
    now_ns = time.monotonic_ns()
    state = "complete" if progress.skipped else progress.state
    frames = f"{progress.frames}/{progress.frames_expected}"
    fps = "" if progress.skipped else f"{progress.fps(now_ns):.1f}"
    left = time_of(progress.seconds_left(now_ns))
    problem = problem_of(progress)
    cause = f": {problem}" if problem else ""
    film = printable(f"{progress.film.shown}{cause}")
    return f"{state:<9}{frames:>16}{fps:>8}{left:>9}  {film}"


def printable(name: str) -> str:
    """Returns the name of a file as every terminal can show it, on one line.

    Control characters could move the cursor, and bytes that are no UTF-8 cannot be
    printed: they are written as escapes.
    """
    shown = (c if c.isprintable() else repr(c)[1:-1] for c in name)
    encoding = sys.stderr.encoding or "ascii"
    text = "".join(shown).encode(encoding, "backslashreplace")
    return text.decode(encoding)


def time_of(seconds: float | None) -> str:
    """Returns `1:02:03`, or nothing."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"


def _notes_of(progress: FilmProgress) -> Sequence[str]:
    done = progress.film.done
    return done.notes if done else ()


def _speed(progress: FilmProgress) -> str:
    now_ns = time.monotonic_ns()
    before = progress.frames_before
    resumed = f", {before} of them by an earlier run" if before else ""
    pieces = progress.film.count
    whole = progress.film.plan.whole
    several = "1 piece" if pieces == 1 else f"{pieces} pieces"
    cut = f"in one piece ({whole})" if whole else f"in {several}"
    return f"{progress.fps(now_ns):.1f} fps, {cut}{resumed}"


def _bars(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[fps]:.1f} fps"),
        TextColumn("{task.fields[left]}"),
        console=console,
        transient=True,
    )
