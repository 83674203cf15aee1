"""Runs methods over a set of pictures: the network here, the measuring in workers."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from evaluation.errors import EvaluationError
from evaluation.measures import Measure
from evaluation.methods import Method
from evaluation.metrics.luma import RgbArray
from evaluation.result_cache import ResultCache, key_of
from evaluation.runners.workers import (
    Measured,
    Task,
    Workers,
    applicable,
    measure_task,
    workers,
)
from evaluation.scores import Evaluation, MethodResult, Score
from evaluation.sets.testset import Sample, TestSet

Advance = Callable[[str], None]
"""Called with the method's name when one more picture is done."""


@dataclass(slots=True)
class Row:
    """One method and what it has scored so far, by the place of the sample."""

    method: Method
    scores: dict[int, Score] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def result(self) -> MethodResult:
        """Returns it in the order of the set."""
        return MethodResult(
            name=self.method.name,
            facts=self.method.facts,
            scores=tuple(self.scores[place] for place in sorted(self.scores)),
            problems=tuple(self.problems),
        )


class PictureRun:
    """One evaluation of a set of pictures; each method in turn.

    Args:
        test_set: What is measured.
        measures: What of it.
        cache: Remembers figures.
        advance: Called when one more picture is done.
        jobs: How many processes measure.
    """

    def __init__(
        self,
        test_set: TestSet,
        measures: Sequence[Measure],
        cache: ResultCache,
        advance: Advance = lambda name: None,
        jobs: int = 1,
    ) -> None:
        self._set = test_set
        self._measures = tuple(measures)
        self._cache = cache
        self._advance = advance
        self._jobs = jobs
        self._rows: list[Row] = []

    @property
    def done(self) -> int:
        """How many pictures are measured so far, of all methods together."""
        return sum(len(row.scores) for row in self._rows)

    def evaluate(self, methods: Sequence[Method]) -> Evaluation:
        """Returns the figures of all methods; the same for any number of jobs.

        Raises:
            EvaluationError: Not one picture could be measured.
        """
        self._rows = [Row(method) for method in methods]
        with workers(self._jobs) as pool:
            for row in self._rows:
                for place, sample in enumerate(self._set.samples):
                    self._one(row, place, sample, pool)
                pool.finish()
                row.method.release()  # before the next needs as much memory
        return evaluation_of(self._set, self._measures, self._rows)

    def _one(self, row: Row, place: int, sample: Sample, pool: Workers) -> None:
        try:
            key = _key(row.method, sample)
            wanted = self._missing(key, sample)
            if not wanted:
                self._record(row, place, sample, key)
                return
            output, seconds = _derained(row.method, sample)
        except EvaluationError as error:
            row.problems.append(str(error))
            self._advance(row.method.name)
            return

        def done(measured: Measured) -> None:
            identities = {m.name: m.identity for m in wanted}
            values = {identities[name]: v for name, v in measured.values.items()}
            self._cache.keep(key, values, seconds)
            row.problems.extend(f"{sample.name}: {text}" for text in measured.obstacles)
            self._record(row, place, sample, key)

        task = Task(output, sample, wanted)
        pool.submit(partial(measure_task, task), done)

    def _missing(self, key: str, sample: Sample) -> tuple[Measure, ...]:
        known = self._cache.values(key)
        able = applicable(self._measures, truth=sample.truth is not None)
        return tuple(m for m in able if m.identity not in known)

    def _record(self, row: Row, place: int, sample: Sample, key: str) -> None:
        known = self._cache.values(key)
        row.scores[place] = Score(
            sample=sample.name,
            values={
                m.name: known[m.identity] for m in self._measures if m.identity in known
            },
            seconds=self._cache.seconds(key),
        )
        self._advance(row.method.name)


def _derained(method: Method, sample: Sample) -> tuple[RgbArray, float]:
    rainy = sample.rainy.read()
    if sample.truth is not None:
        _require_same_size(rainy, sample.truth.read(), sample)
    start = time.perf_counter()
    output = method(rainy, sample.name)
    return output, time.perf_counter() - start


def _require_same_size(rainy: RgbArray, truth: RgbArray, sample: Sample) -> None:
    if rainy.shape != truth.shape:
        raise EvaluationError(
            f"{sample.rainy.path} is {rainy.shape[1]}x{rainy.shape[0]}, its truth "
            f"{truth.shape[1]}x{truth.shape[0]}."
        )


def _key(method: Method, sample: Sample) -> str:
    truth = "" if sample.truth is None else sample.truth.sha256()
    return key_of(method.key, sample.rainy.sha256(), truth)


def evaluation_of(
    test_set: TestSet, measures: tuple[Measure, ...], rows: Sequence[Row]
) -> Evaluation:
    """Returns what all rows come to.

    Raises:
        EvaluationError: Not one sample could be measured.
    """
    results = tuple(row.result() for row in rows)
    if not any(result.scores for result in results):
        problems = [*test_set.problems, *(p for r in results for p in r.problems)]
        why = problems[0] if problems else "the set is empty."
        raise EvaluationError(f"Nothing of {test_set.name} could be measured: {why}")
    return Evaluation(test_set=test_set, measures=measures, results=results)
