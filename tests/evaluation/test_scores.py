import math

from evaluation.scores import mean_of


def test_a_mean_counts_equal_pictures_apart() -> None:
    mean = mean_of([30.0, 32.0, math.inf])

    assert (mean.value, mean.count, mean.infinite) == (31.0, 2, 1)
    assert mean.low <= mean.value <= mean.high


def test_the_interval_of_a_mean_is_the_same_each_time() -> None:
    values = [float(value) for value in range(30)]

    assert mean_of(values) == mean_of(values)
