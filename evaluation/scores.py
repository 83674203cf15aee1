"""The outcome of an evaluation: a figure for each picture, and what it comes to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.measures import Measure
from evaluation.sets.testset import TestSet

_RESAMPLES, _SEED = 2000, 20200617


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One picture, or one clip, of one method."""

    sample: str
    values: dict[str, float]
    """By the measure's name; a measure that could not be taken is absent."""
    seconds: float
    """Of the network, for one picture or one frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean over a set, and how far it can be trusted."""

    value: float
    low: float
    """Lower end of the 95 % bootstrap interval."""
    high: float
    count: int
    infinite: int
    """Pictures equal to their truth: counted here, not averaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodResult:
    """One row of the table."""

    name: str
    facts: dict[str, str]
    scores: tuple[Score, ...]
    problems: tuple[str, ...] = ()
    """Pictures that could not be measured, by name and reason."""

    def mean(self, measure: Measure) -> Mean | None:
        """Returns the mean of a measure; None when no picture has it."""
        values = [
            s.values[measure.name] for s in self.scores if measure.name in s.values
        ]
        return mean_of(values) if values else None

    @property
    def seconds(self) -> float:
        """The median time of the network for one picture; 0 without any."""
        times = [score.seconds for score in self.scores]
        return float(np.median(times)) if times else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything that a report shows."""

    test_set: TestSet
    measures: tuple[Measure, ...]
    results: tuple[MethodResult, ...]
    notes: tuple[str, ...] = ()
    """What a reader of the figures has to know of this evaluation."""

    @property
    def variants(self) -> tuple[str, ...]:
        """The networks that were measured, by the names of their variants."""
        return tuple(r.facts["model"] for r in self.results if "model" in r.facts)

    def counted(self, result: MethodResult) -> str:
        """Says how many of the set this method was measured on."""
        return self.test_set.counted(len(result.scores))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Everything that stands below the table, whatever form the report has."""
        named: dict[str, list[str]] = {}
        for measure in self.measures:
            key = f"({measure.protocol}): {measure.definition}"
            named.setdefault(key, []).append(measure.name)
        definitions = [f"{', '.join(names)} {key}" for key, names in named.items()]
        obstacles = [f"{m.name} {m.obstacle}" for m in self.measures if m.obstacle]
        return (*obstacles, *self.test_set.notes, *self.notes, *definitions)

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that is missing, each once, in order."""
        test_set = self.test_set
        found = [*filter(None, (test_set.cut,)), *test_set.problems]
        found.extend(test_set.label_problems)
        for result in self.results:
            found.extend(result.problems)
        return tuple(dict.fromkeys(found))


def mean_of(values: Sequence[float]) -> Mean:
    """Returns the mean of the finite values with its 95 % bootstrap interval.

    The seed is fixed: the same values give the same interval.
    """
    finite = np.array([value for value in values if math.isfinite(value)])
    infinite = len(values) - len(finite)
    if not len(finite):
        return Mean(
            value=math.inf, low=math.inf, high=math.inf, count=0, infinite=infinite
        )
    low, high = _interval(finite)
    return Mean(
        value=float(finite.mean()),
        low=low,
        high=high,
        count=len(finite),
        infinite=infinite,
    )


def _interval(values: np.ndarray) -> tuple[float, float]:
    generator = np.random.default_rng(_SEED)
    size = len(values)
    means = [
        values[generator.integers(size, size=size)].mean() for _ in range(_RESAMPLES)
    ]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)
