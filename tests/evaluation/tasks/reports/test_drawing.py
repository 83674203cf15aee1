import numpy as np

from evaluation.tasks.judges.detections import Detections
from evaluation.tasks.reports.drawing import colour_of, with_boxes, with_classes

GREY = np.full((100, 120, 3), 100, np.uint8)


def test_neighbours_in_a_list_differ_clearly() -> None:
    colours = np.array([colour_of(place) for place in range(20)], int)

    assert np.abs(np.diff(colours, axis=0)).sum(axis=1).min() > 100
    assert colours.max() > 180


def test_boxes_above_the_least_score_are_drawn_with_their_colour() -> None:
    found = Detections(
        boxes=np.array([[10, 40, 60, 90], [70, 10, 110, 30]], np.float32),
        scores=np.array([0.9, 0.3], np.float32),
        classes=np.array([1, 0]),
    )

    drawn = with_boxes(GREY, found, ("person", "car"), 0.3)

    assert drawn[70, 10].tolist() == list(colour_of(1))
    assert (drawn[:, 65:] == GREY[:, 65:]).all()  # the second is not surer than that
    assert (drawn[50:80, 20:50] == GREY[50:80, 20:50]).all()
    assert (GREY == 100).all()


def test_classes_are_laid_over_the_picture_and_others_are_grey() -> None:
    ids = np.zeros((100, 120), np.uint8)
    ids[:, 60:] = 1
    ids[50:] = 255

    drawn = with_classes(GREY, ids, 2)

    for place, pixel in ((0, drawn[0, 0]), (1, drawn[0, 119])):
        expected = 0.55 * 100 + 0.45 * np.array(colour_of(place))
        assert np.abs(pixel - expected).max() <= 1
    assert drawn[99, 0].tolist() == [round(0.55 * 100 + 0.45 * 128)] * 3
