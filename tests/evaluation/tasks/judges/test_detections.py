import numpy as np
import pytest

from evaluation.tasks.judges.detections import LEAST, MOST, kept, overlaps, shares_in

BOXES = np.array(
    [[0, 0, 10, 10], [0, 0, 10, 5], [5, 5, 15, 15], [20, 20, 30, 30]], np.float32
)


def test_overlaps_are_intersection_over_union() -> None:
    found = overlaps(BOXES[:1], BOXES)

    assert found[0].tolist() == pytest.approx([1, 0.5, 25 / 175, 0])


def test_shares_are_of_the_first_box() -> None:
    assert shares_in(BOXES[1:2], BOXES)[0].tolist() == pytest.approx([1, 1, 0, 0])
    assert shares_in(BOXES[:1], BOXES[1:2])[0].tolist() == pytest.approx([0.5])


def test_a_box_without_an_area_overlaps_nothing() -> None:
    nothing = np.array([[5, 5, 5, 9], [9, 9, 1, 1]], np.float32)

    assert overlaps(nothing, BOXES).tolist() == [[0] * 4] * 2
    assert shares_in(nothing, BOXES).tolist() == [[0] * 4] * 2


def test_weaker_boxes_of_the_same_class_go() -> None:
    scores = np.array([0.5, 0.9, 0.8, 0.7], np.float32)
    boxes = BOXES[[0, 0, 0, 3]]

    found = kept(boxes, scores, np.array([1, 1, 2, 1]), 0.45)

    assert found.scores.tolist() == pytest.approx([0.9, 0.8, 0.7])
    assert found.classes.tolist() == [1, 2, 1]


@pytest.mark.parametrize(("overlap", "left"), [(0.49, 1), (0.5, 2), (None, 2)])
def test_the_overlap_from_which_a_box_goes_is_above_the_limit(
    overlap: float | None, left: int
) -> None:
    scores = np.array([0.9, 0.8], np.float32)

    assert len(kept(BOXES[:2], scores, np.array([0, 0]), overlap)) == left


def test_no_more_than_the_surest_hundred_and_none_below_the_least() -> None:
    count = MOST + 20
    corners = np.arange(count, dtype=np.float32) * 10
    boxes = np.stack([corners, corners, corners + 5, corners + 5], axis=1)
    scores = np.linspace(LEAST / 2, 1, count).astype(np.float32)

    found = kept(boxes, scores, np.zeros(count, np.int64), 0.5)
    few = kept(boxes[:1], scores[:1], np.zeros(1, np.int64), 0.5)

    assert len(found) == MOST
    assert found.scores[0] == 1
    assert (len(few), few.boxes.shape) == (0, (0, 4))
