import numpy as np

from benchmarks.temporal.bench_gate import curve, looked_at
from evaluation.methods import InputBaseline
from model.temporal.rain_gate import DRY, RAINY


def test_the_thresholds_are_in_order_and_that_in_use_is_among_them() -> None:
    points = curve(dry=[0.1, 0.3], rainy=[0.3, 5.0])

    thresholds = [point["threshold"] for point in points]
    assert thresholds == sorted(thresholds)
    assert round((DRY + RAINY) / 2, 4) in thresholds
    half = next(point for point in points if point["threshold"] == 0.3)
    assert (half["dry_passed"], half["rainy_kept"]) == (0.5, 1.0)


def test_pictures_that_lose_nothing_are_dry() -> None:
    pictures = [np.full((48, 48, 3), 90, np.uint8)] * 3

    found = looked_at(InputBaseline(), pictures)

    assert found["coverage"]["max"] == 0
    assert found["rainy_share"] == 0
    assert found["as_a_stream"] == {"UNTOUCHED": 3}
