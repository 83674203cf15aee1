import numpy as np
import pytest

from evaluation.tasks.figures.matching import (
    Matches,
    ap_curve,
    darknet,
    greedy,
)
from tests.support.sets.objects import found, truth

LEFT, RIGHT = [0.0, 0.0, 10.0, 10.0], [20.0, 0.0, 30.0, 10.0]


def test_darknet_asks_for_the_best_overlap_whatever_the_class() -> None:
    objects = truth((0, LEFT), (1, RIGHT), (0, [90, 90, 99, 99]), ignore=(2,))
    detections = found((0.9, 1, [0, 0, 10, 8]), (0.6, 1, RIGHT))

    counted = darknet(objects, detections, score=0.6, overlap=0.5)

    assert (counted.objects, counted.proposals, counted.correct) == (2, 1, 1)
    assert counted.overlap == pytest.approx(0.8)


def test_darknet_counts_where_nothing_is_found_or_there() -> None:
    nothing = darknet(truth((0, LEFT)), found(), score=0.6, overlap=0.5)
    empty = darknet(truth(), found((0.9, 0, LEFT)), score=0.6, overlap=0.5)

    assert (nothing.objects, nothing.correct, nothing.overlap) == (1, 0, 0)
    assert (empty.objects, empty.proposals, empty.correct) == (0, 1, 0)


def test_an_object_is_found_once_and_by_the_surest() -> None:
    matches = greedy(
        truth((0, LEFT)),
        found((0.9, 0, [0, 0, 10, 8]), (0.8, 0, LEFT)),
        classes=2,
        overlap=0.5,
    )

    assert matches.hit.tolist() == [True, False]
    assert matches.overlap.tolist() == pytest.approx([0.8, 0])
    assert matches.objects.tolist() == [1, 0]


def test_classes_must_agree_and_the_overlap_be_reached() -> None:
    objects = truth((0, LEFT), (1, RIGHT))

    wrong = greedy(objects, found((0.9, 1, LEFT)), classes=2, overlap=0.5)
    half = found((0.9, 0, [0, 0, 10, 5]))

    assert wrong.hit.tolist() == [False]
    assert greedy(objects, half, classes=2, overlap=0.5).hit.tolist() == [True]
    assert greedy(objects, half, classes=2, overlap=0.51).hit.tolist() == [False]


def test_an_object_that_counts_is_taken_before_a_crowd_round_it() -> None:
    crowd = truth((0, [0, 0, 40, 40]), (0, LEFT), ignore=(0,))

    matches = greedy(
        crowd, found((0.9, 0, LEFT), (0.8, 0, [30, 30, 38, 38])), classes=1, overlap=0.5
    )

    assert matches.hit.tolist() == [True, False]
    assert matches.ignored.tolist() == [False, True]
    assert matches.objects.tolist() == [1]


def matches(*hits: bool, objects: int = 2) -> Matches:
    count = len(hits)
    return Matches(
        scores=np.linspace(0.9, 0.5, count),
        classes=np.zeros(count, np.int64),
        hit=np.array(hits, bool),
        ignored=np.zeros(count, bool),
        overlap=np.zeros(count),
        objects=np.array([objects, 0], np.int64),
    )


def test_average_precision_takes_the_best_precision_from_each_recall_on() -> None:
    ones = np.ones((1, 1))

    assert ap_curve([matches(True, True)], ones, 0)[0] == pytest.approx(1)
    assert ap_curve([matches(True, False)], ones, 0)[0] == pytest.approx(51 / 101)
    half = ap_curve([matches(False, True, True)], ones, 0)[0]
    assert half == pytest.approx(2 / 3)
    assert ap_curve([matches()], ones, 0)[0] == 0
    assert np.isnan(ap_curve([matches(True)], ones, 1)[0])


def test_a_picture_that_is_drawn_twice_counts_twice() -> None:
    both = [matches(True, objects=1), matches(False, objects=1)]

    drawn = ap_curve(both, np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0]]), 0)

    assert drawn.tolist() == pytest.approx([51 / 101, 1, 0])
