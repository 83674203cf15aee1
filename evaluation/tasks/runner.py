"""Runs methods over a labelled set: the network here, the judge here or in workers."""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from evaluation.errors import EvaluationError
from evaluation.methods import Method
from evaluation.metrics.luma import RgbArray
from evaluation.result_cache import ResultCache, key_of
from evaluation.runners.workers import Workers, workers
from evaluation.tasks.conditions import Condition
from evaluation.tasks.judges.settings import JudgeSettings
from evaluation.tasks.labelled_set import LabelledSample, LabelledSet
from evaluation.tasks.looking import ClassTable, Lists, Look, Seen, look
from evaluation.tasks.rows import method_under

Advance = Callable[[str], None]
"""Called with the method's name when one more picture is done."""


@dataclass(slots=True)
class RowRun:
    """One method under one condition, and what has been seen so far."""

    method: Method
    condition: Condition
    seen: dict[str, Lists] = field(default_factory=dict)
    """By the sample's name."""
    seconds: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a run is given, and does not change."""

    labelled: LabelledSet
    judge: JudgeSettings
    classes: ClassTable
    conditions: tuple[Condition, ...]


class TaskRun:
    """One evaluation; each method in turn, under each condition.

    Args:
        work: The set, the judge and the conditions.
        cache: Remembers what was seen.
        advance: Called when one more picture is done.
        jobs: How many processes look.
        on_row: Called with each row as soon as it is whole; may raise to end the run.
    """

    def __init__(
        self,
        work: Work,
        cache: ResultCache,
        *,
        advance: Advance = lambda name: None,
        jobs: int = 1,
        on_row: Callable[[RowRun], None] = lambda row: None,
    ) -> None:
        self._work = work
        self._judge_key = work.judge.key
        self._cache = cache
        self._advance = advance
        self._jobs = jobs
        self._on_row = on_row
        self.rows: list[RowRun] = []

    @property
    def done(self) -> int:
        """How many looks are known so far, of all rows together."""
        return sum(len(row.seen) for row in self.rows)

    def run(self, methods: Sequence[Method]) -> list[RowRun]:
        """Returns the rows of all methods; the same for any number of jobs."""
        with workers(self._jobs) as pool:
            for method in methods:
                for row in self._rows_of(method):
                    self.rows.append(row)
                    for sample in self._work.labelled.samples:
                        self._one(row, sample, pool)
                    pool.finish()
                    self._on_row(row)
                method.release()  # before the next needs as much memory
        return self.rows

    def _rows_of(self, method: Method) -> Iterable[RowRun]:
        conditions = self._work.conditions
        for condition in conditions:
            own = method_under(method, condition, conditions)
            if own is not None:
                yield RowRun(own, condition)

    def _one(self, row: RowRun, sample: LabelledSample, pool: Workers) -> None:
        try:
            picture = row.condition.picture(sample)
            key = self._key(row, sample, picture)
            if self._cache.lists(key):
                self._record(row, sample, key)
                return
            start = time.perf_counter()
            output = row.method(picture, sample.name)
            seconds = time.perf_counter() - start
        except EvaluationError as error:
            row.problems.append(str(error))
            self._advance(row.method.name)
            return

        def done(seen: Seen) -> None:
            if seen.problem:
                row.problems.append(seen.problem)
                self._advance(row.method.name)
                return
            self._cache.keep(key, {}, seconds, seen.lists)
            self._record(row, sample, key)

        pool.submit(partial(look, self._look(sample, output)), done)

    def _look(self, sample: LabelledSample, output: RgbArray) -> Look:
        segments = self._work.labelled.task == "segmentation"
        return Look(
            name=sample.name,
            picture=output,
            judge=self._work.judge,
            classes=self._work.classes,
            mask=sample.mask if segments else None,
        )

    def _record(self, row: RowRun, sample: LabelledSample, key: str) -> None:
        row.seen[sample.name] = dict(self._cache.lists(key))
        row.seconds[sample.name] = self._cache.seconds(key)
        self._advance(row.method.name)

    def _key(self, row: RowRun, sample: LabelledSample, picture: RgbArray) -> str:
        """What a look depends on.

        Labels of objects are no part of it: what a judge sees is kept, not how good
        that is.
        """
        pixels = hashlib.sha256(picture.tobytes()).hexdigest()
        parts = [row.method.key, self._judge_key, pixels, repr(picture.shape)]
        parts.append(repr(self._work.classes))
        if self._work.labelled.task == "segmentation" and sample.mask is not None:
            parts += [sample.mask.sha256(), repr(sample.mask.classes)]
        if "results" in row.method.facts:  # its pictures go by name
            parts.append(sample.name)
        return key_of(self._work.labelled.task, *parts)
