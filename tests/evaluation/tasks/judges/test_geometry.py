from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.tasks.judges.geometry import fitted
from evaluation.tasks.judges.settings import JudgeSettings

PICTURE = np.zeros((50, 100, 3), np.uint8)
PICTURE[..., 0], PICTURE[..., 2] = 200, 40


def settings(**more: Any) -> JudgeSettings:
    own: dict[str, Any] = {"kind": "yolo", "file": Path("j.onnx"), "classes": ("car",)}
    return JudgeSettings(**(own | more))


@pytest.mark.parametrize(
    ("fit", "across", "down", "left", "top"),
    [
        ("letterbox", 0.64, 0.64, 0, 16),
        ("corner", 0.64, 0.64, 0, 0),
        ("stretch", 0.64, 1.28, 0, 0),
    ],
)
def test_boxes_come_back_to_where_they_are_in_the_picture(
    fit: str, across: float, down: float, left: int, top: int
) -> None:
    found = fitted(PICTURE, settings(size=(64, 64), fit=fit))

    assert found.values.shape == (1, 3, 64, 64)
    assert (found.across, found.down) == pytest.approx((across, down))
    assert (found.left, found.top, found.size) == (left, top, (64, 64))
    box = [10 * across + left, 20 * down + top, 30 * across + left, 40 * down + top]
    assert found.to_picture(np.array([box]))[0].tolist() == pytest.approx(
        [10, 20, 30, 40], abs=1e-4
    )


def test_boxes_are_cut_to_the_picture() -> None:
    found = fitted(PICTURE, settings(size=(64, 64), fit="letterbox"))

    assert found.to_picture(np.array([[-9, 0, 99, 64]]))[0].tolist() == [0, 0, 100, 50]


def test_padding_is_what_the_judge_was_trained_with() -> None:
    found = fitted(PICTURE, settings(size=(64, 64), fit="letterbox", pad=114))

    assert (found.values[0, :, 0, 0] == 114).all()
    assert found.values[0, :, 32, 32].tolist() == [200, 0, 40]


def test_channels_mean_and_deviation_are_the_judges() -> None:
    own = settings(channels="bgr", mean=(40, 0, 100), std=(2, 1, 50))

    found = fitted(PICTURE, own)

    assert found.values[0, :, 9, 9].tolist() == [0, 0, 2]
    assert found.size == (100, 50)


def test_the_pictures_own_size_is_rounded_down_to_the_multiple() -> None:
    assert fitted(PICTURE, settings(multiple=32)).size == (96, 32)
    tiny = np.zeros((3, 5, 3), np.uint8)
    assert fitted(tiny, settings(multiple=32)).size == (32, 32)
