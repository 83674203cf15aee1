"""Measures pictures in this process or in several others, with the same figures."""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, TypeVar

import cv2

from evaluation.measures import Measure, Views, measure_picture
from evaluation.metrics.luma import RgbArray
from evaluation.sets.testset import Sample


@dataclass(frozen=True, slots=True)
class Task:
    """An output to be measured."""

    output: RgbArray
    sample: Sample
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures by the measure's name, and why some could not be had."""

    values: dict[str, float]
    obstacles: tuple[str, ...]


Result = TypeVar("Result")


class Workers:
    """Hands work to other processes, never more than twice as much as there are."""

    def __init__(self, pool: ProcessPoolExecutor | None, limit: int) -> None:
        self._pool = pool
        self._limit = limit
        self._waiting: dict[Future[Any], Callable[[Any], None]] = {}

    def submit(
        self, work: Callable[[], Result], done: Callable[[Result], None]
    ) -> None:
        """Does `work` now or later; `done` is called with its result in this thread.

        With several processes `work` goes to another: it has to be picklable.
        """
        if self._pool is None:
            done(work())
            return
        while len(self._waiting) >= self._limit:
            self._collect()
        self._waiting[self._pool.submit(work)] = done

    def finish(self) -> None:
        """Returns when every task is done."""
        while self._waiting:
            self._collect()

    def _collect(self) -> None:
        ready, _ = wait(self._waiting, return_when=FIRST_COMPLETED)
        for future in ready:
            self._waiting.pop(future)(future.result())


@contextmanager
def workers(jobs: int) -> Iterator[Workers]:
    """Gives workers in `jobs` processes; with one job, in this one."""
    if jobs <= 1:
        yield Workers(None, 1)
        return
    # Spawned, not forked: a fork of a process that has run PyTorch may hang.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_prepare)
    try:
        yield Workers(pool, 2 * jobs)
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare() -> None:
    # Ctrl-C reaches every process of the terminal; this one ends with its pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)


def measure_task(task: Task) -> Measured:
    """Measures one output; what cannot be measured is said, not raised."""
    truth, rainy = task.sample.truth, None
    if any(measure.needs_rainy for measure in task.measures):
        rainy = task.sample.rainy.read()
    mask = task.sample.mask
    views = Views(
        task.output,
        truth.read() if truth else None,
        rainy,
        mask.read() if mask else None,
    )
    return Measured(*measure_picture(task.measures, views))


def applicable(measures: Sequence[Measure], *, truth: bool) -> tuple[Measure, ...]:
    """Returns the measures that can be taken with, or without, a truth."""
    return tuple(m for m in measures if not m.obstacle and (truth or not m.needs_truth))
