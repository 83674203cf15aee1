import numpy as np
import pytest

from evaluation.clip_measures import (
    ALL_MEASURES,
    CLIP_MEASURES,
    Change,
    Pair,
    measure_change,
)
from evaluation.measures import MEASURES
from evaluation.metrics.motion import step_between
from tests.support.media.sliding import sliding_window

STILL = sliding_window(0)
BRIGHTER = np.minimum(STILL, 250) + np.uint8(5)


def a_change(output: Pair, truth: Pair | None) -> Change:
    baseline = truth or Pair(STILL, STILL)
    step = step_between(baseline.first, baseline.second)
    return Change(output=output, truth=truth, baseline=baseline, step=step)


def test_what_changes_beside_a_still_truth_is_measured() -> None:
    change = a_change(Pair(STILL, BRIGHTER), Pair(STILL, STILL))

    found = {name: measure_change(name, change) for name in CLIP_MEASURES}

    assert found["tdiff"] == pytest.approx(5, abs=0.1)
    assert found["flicker"] == pytest.approx(4, abs=1)
    assert found["flicker-ref"] == 0
    assert found["warp-ref"] == pytest.approx(0, abs=1e-9)
    assert found["warp"] == pytest.approx(1000 * (5 / 255) ** 2, rel=0.2)
    assert found["tof"] is not None


def test_without_a_truth_its_figures_have_no_meaning() -> None:
    change = a_change(Pair(STILL, STILL), None)

    assert measure_change("tof", change) is None
    assert measure_change("tdiff", change) is None
    assert measure_change("warp", change) == pytest.approx(0, abs=1e-9)


def test_clips_have_the_measures_of_pictures_too() -> None:
    assert list(ALL_MEASURES) == [*MEASURES, *CLIP_MEASURES]
