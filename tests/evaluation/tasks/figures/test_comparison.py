import numpy as np
import pytest

from evaluation.tasks.figures.comparison import (
    Difference,
    Figure,
    difference,
    gap_closed,
)


def _mean(values: np.ndarray) -> Figure:
    return lambda weights: weights @ values / weights.sum(axis=1)


def test_the_gap_that_is_closed() -> None:
    assert gap_closed(0.6, 0.2, 0.5) == pytest.approx(0.75)
    assert gap_closed(0.6, 0.2, 0.1) == pytest.approx(-0.25)


def test_where_rain_took_nothing_there_is_no_gap() -> None:
    assert gap_closed(0.5, 0.5, 0.6) is None
    assert gap_closed(0.5, float("nan"), 0.6) is None


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(0.1, 0.3, "helps"), (-0.1, 0.3, "no difference"), (-0.3, -0.1, "hurts")],
)
def test_the_word_goes_by_the_interval(low: float, high: float, word: str) -> None:
    assert Difference(value=(low + high) / 2, low=low, high=high).verdict == word


def test_pairs_show_a_small_steady_gain_that_two_intervals_would_hide() -> None:
    base = np.random.default_rng(0).uniform(0, 1, 60)
    gain = np.random.default_rng(1).normal(0.02, 0.01, 60)

    found = difference(_mean(base + gain), _mean(base), 60)

    assert found is not None
    assert found.verdict == "helps"
    assert found.value == pytest.approx(gain.mean())
    # The mean's own deviation is 0.01 / sqrt(60); the interval is twice 1.96 of it.
    assert found.high - found.low == pytest.approx(4 * 0.01 / 60**0.5, rel=0.25)
    assert difference(_mean(base + gain), _mean(base), 60) == found


def test_a_method_that_hurts_is_told_to_hurt() -> None:
    base = np.linspace(0.4, 0.8, 40)

    found = difference(_mean(base * 0.9), _mean(base), 40)

    assert found is not None
    assert found.verdict == "hurts"


def test_without_a_figure_there_is_no_difference() -> None:
    nothing: Figure = lambda weights: np.full(len(weights), np.nan)  # noqa: E731

    assert difference(nothing, _mean(np.ones(4)), 4) is None
