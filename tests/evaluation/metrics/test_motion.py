import numpy as np
import pytest

from evaluation.metrics.motion import (
    difference_error,
    flicker,
    motion_error,
    step_between,
    warping_error,
)
from tests.support.media.sliding import sliding_window
from tests.support.sets.golden_pairs import a_clean


def test_a_sliding_scene_is_explained_by_its_motion() -> None:
    first, second = sliding_window(0), sliding_window(1)
    noise = np.random.default_rng(1).integers(0, 60, second.shape).astype(np.uint8)
    step = step_between(first, second)

    steady = warping_error(first, second, step)
    shaky = warping_error(first, second // 2 + noise, step)

    assert step.forward[20:44, 20:44, 0].mean() == pytest.approx(-2, abs=0.3)
    assert steady is not None
    assert shaky is not None
    assert steady * 10 < shaky


def test_nothing_flickers_in_a_still_clip() -> None:
    scene = sliding_window(0)
    step = step_between(scene, scene)

    assert step.still.all()
    assert flicker(scene, scene, step) == 0
    assert flicker(scene, np.minimum(scene, 250) + 5, step) == pytest.approx(4, abs=1)


def test_a_truth_has_no_error_of_change_or_motion() -> None:
    pair = sliding_window(0), sliding_window(1)

    assert difference_error(pair, pair) == 0
    assert motion_error(pair, pair) == 0


def test_tof_refuses_small_frames() -> None:
    small = a_clean(40, 64, seed=1)

    with pytest.raises(ValueError, match="48x48"):
        motion_error((small, small), (small, small))
