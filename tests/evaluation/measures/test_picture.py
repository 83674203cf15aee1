import math

import numpy as np
import pytest

from evaluation.measures import Views, measure_picture, measures_for
from evaluation.metrics.luma import RgbArray

GREY: RgbArray = np.full((16, 16, 3), 100, np.uint8)
BRIGHTER: RgbArray = np.full((16, 16, 3), 110, np.uint8)


def test_only_what_was_asked_for_is_returned() -> None:
    measures = measures_for(["psnr", "fsimc"], "rgb", {})

    values, obstacles = measure_picture(measures, Views(BRIGHTER, GREY))

    assert values.keys() == {"psnr", "fsimc"}
    assert values["psnr"] == pytest.approx(20 * math.log10(255 / 10))
    assert obstacles == ()


def test_gain_and_offset_are_no_difference_to_psnr_fit() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2) // 2
    measures = measures_for(["psnr", "psnr-fit"], "rgb", {})

    values, _ = measure_picture(measures, Views(ramp + np.uint8(9), ramp))

    assert values["psnr-fit"] > values["psnr"] + 20


def test_a_measure_whose_truth_is_missing_is_an_obstacle_and_no_figure() -> None:
    measures = measures_for(["psnr", "niqe"], "rgb", {})

    values, obstacles = measure_picture(measures, Views(GREY))

    assert values == {}
    assert [line.split(":")[0] for line in obstacles] == ["psnr", "niqe"]
    assert "the truth, the rainy picture or the parameter file" in obstacles[0]


def test_what_must_stay_is_measured_inside_its_mask_alone() -> None:
    mask = np.zeros_like(GREY)
    mask[:8] = 255
    half: RgbArray = GREY.copy()
    half[8:] = 0
    (measure,) = measures_for(["psnr-stay"], "rgb", {})

    values, _ = measure_picture([measure], Views(half, GREY, mask=mask))

    assert values["psnr-stay"] == math.inf
