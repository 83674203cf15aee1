import numpy as np
import pytest

from evaluation.tasks.figures.confusion import absent, confusion, segmentation
from evaluation.tasks.labels.classes import VOID


def test_three_pixels_by_hand() -> None:
    truth = np.array([[0, 0, 1, VOID]], np.uint8)
    judged = np.array([[0, 1, 1, 0]], np.uint8)

    found = segmentation(confusion(truth, judged, 2))

    assert float(found.pa) == pytest.approx(2 / 3)
    assert float(found.mpa) == pytest.approx((1 / 2 + 1) / 2)
    # Class 0: 1 of 2 labelled, 1 judged. Class 1: 1 labelled, 2 judged.
    assert found.class_iou.tolist() == pytest.approx([1 / 2, 1 / 2])
    assert float(found.miou) == pytest.approx(1 / 2)


def test_a_class_that_was_only_judged_counts_as_0_and_one_in_neither_is_left_out() -> (
    None
):
    truth = np.array([[0, 0, 0, 0]], np.uint8)
    judged = np.array([[0, 0, 0, 1]], np.uint8)

    counts = confusion(truth, judged, 3)
    found = segmentation(counts)

    assert found.class_iou[:2].tolist() == [0.75, 0.0]
    assert np.isnan(found.class_iou[2])
    assert float(found.miou) == pytest.approx(0.375)
    assert float(found.mpa) == pytest.approx(0.75)
    assert absent(counts, ("road", "car", "sky")) == ["car", "sky"]


def test_a_class_that_the_labels_do_not_have_is_wrong_and_is_no_class() -> None:
    truth = np.array([[0, 0]], np.uint8)

    found = segmentation(confusion(truth, np.array([[0, 9]], np.uint8), 1))

    assert float(found.pa) == 0.5
    assert float(found.miou) == 0.5


def _first() -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[0:40, 0:60]
    truth = (x // 15 + y // 20) % 4
    truth[:3] = VOID
    return truth.astype(np.uint8), (((x + 4) // 15 + (y + 1) // 20) % 4).astype(
        np.uint8
    )


def _second() -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[0:40, 0:60]
    truth = np.where((x - 30) ** 2 + (y - 20) ** 2 < 150, 2, 0)
    judged = np.where((x - 33) ** 2 + (y - 18) ** 2 < 170, 2, np.where(x < 5, 4, 0))
    return truth.astype(np.uint8), judged.astype(np.uint8)


def test_a_set_has_the_figures_of_its_one_matrix_and_not_the_mean_of_pictures() -> None:
    counts = [confusion(*pair, 5) for pair in (_first(), _second())]

    whole = segmentation(np.sum(counts, axis=0))
    single = [float(segmentation(own).miou) for own in counts]

    # Cross-checked with torchmetrics.
    assert float(whole.pa) == pytest.approx(0.7692640692640693)
    assert float(whole.mpa) == pytest.approx(0.7399612989245165)
    assert float(whole.miou) == pytest.approx(0.47937745369566975)
    assert np.mean(single) == pytest.approx(0.5146502781730942)
