import numpy as np
import pytest

from evaluation.tasks.figures.metric import DETECTION, ObjectStats
from tests.support.sets.objects import found, truth


def figures(stats: ObjectStats) -> dict[str, float]:
    ones = np.ones((1, len(stats.all)))
    return {m.name: float(m.of(stats)(ones)[0]) for m in DETECTION}


def test_two_objects_and_four_detections_by_hand() -> None:
    objects = truth((0, [0, 0, 10, 10]), (1, [20, 0, 30, 10]))
    detections = found(
        (0.90, 1, [0, 0, 10, 5]),  # overlap 0.5 with the first, of another class
        (0.70, 1, [20, 0, 30, 8]),  # overlap 0.8 with the second
        (0.65, 0, [50, 50, 60, 60]),  # nothing is there
        (0.60, 0, [0, 0, 10, 10]),  # right, but not above the threshold
    )

    got = figures(ObjectStats.of([(objects, detections)], 2, 0.6))

    assert got["darknet-precision"] == pytest.approx(1 / 3)
    assert got["darknet-recall"] == pytest.approx(1 / 2)
    assert got["darknet-iou"] == pytest.approx((0.5 + 0.8) / 2)
    assert got["greedy-precision"] == pytest.approx(1 / 3)
    assert got["greedy-recall"] == pytest.approx(1 / 2)
    assert got["greedy-iou"] == pytest.approx(0.8)
    # Class 0: a miss before the hit, precision 1/2 at every recall. Class 1 alike.
    assert got["ap50"] == pytest.approx(1 / 2)


def test_average_precision_by_hand() -> None:
    objects = truth((0, [0, 0, 10, 10]), (0, [20, 0, 30, 10]))
    detections = found(
        (0.9, 0, [0, 0, 10, 10]),
        (0.8, 0, [50, 0, 60, 10]),
        (0.7, 0, [20, 0, 30, 10]),
    )

    got = figures(ObjectStats.of([(objects, detections)], 1, 0.6))

    # Precision 1 up to recall 0.5 (51 of 101 recalls), 2/3 beyond.
    assert got["ap50"] == pytest.approx((51 + 50 * 2 / 3) / 101)


_GOLDEN = (
    (
        truth((1, [10, 10, 60, 60]), (2, [100, 40, 180, 120]), (1, [200, 10, 230, 40])),
        found(
            (0.95, 1, [12, 11, 61, 58]),
            (0.81, 2, [105, 42, 176, 118]),
            (0.72, 3, [300, 300, 340, 340]),
            (0.66, 2, [98, 44, 170, 125]),
            (0.55, 1, [205, 12, 240, 44]),
        ),
    ),
    (
        truth((2, [20, 30, 120, 130]), (3, [150, 150, 200, 220])),
        found((0.88, 2, [24, 26, 118, 125]), (0.64, 2, [150, 150, 190, 200])),
    ),
    (truth((1, [5, 5, 45, 95])), found((0.61, 1, [6, 10, 40, 60]))),
)


def test_three_pictures_have_the_figures_of_other_programs() -> None:
    got = figures(ObjectStats.of(_GOLDEN, 4, 0.6))

    assert got["darknet-precision"] == pytest.approx(0.5714285714285714)
    assert got["darknet-recall"] == pytest.approx(0.6666666666666666)
    assert got["darknet-iou"] == pytest.approx(0.6055272784535773, abs=1e-6)
    assert got["greedy-precision"] == pytest.approx(0.42857142857142855)
    assert got["greedy-recall"] == pytest.approx(0.5)
    assert got["greedy-iou"] == pytest.approx(0.8631709590235568, abs=1e-6)
    assert got["ap50"] == pytest.approx(0.5181518151815182)


def test_a_detection_on_a_crowd_is_neither_right_nor_wrong() -> None:
    objects = truth((0, [0, 0, 10, 10]), (0, [20, 0, 60, 40]), ignore=(1,))
    detections = found(
        (0.9, 0, [0, 0, 10, 10]), (0.8, 0, [20, 0, 60, 40]), (0.7, 0, [20, 0, 60, 39])
    )

    got = figures(ObjectStats.of([(objects, detections)], 1, 0.6))

    assert got["greedy-precision"] == 1
    assert got["greedy-recall"] == 1
    assert got["ap50"] == 1


def test_no_detection_at_all_has_no_precision_and_a_recall_of_0() -> None:
    got = figures(ObjectStats.of([(truth((0, [0, 0, 9, 9])), found())], 1, 0.6))

    assert np.isnan(got["darknet-precision"])
    assert got["darknet-recall"] == 0
    assert got["ap50"] == 0
