import numpy as np
import pytest

from evaluation.metrics.fidelity import fitted_to, psnr, ssim
from evaluation.metrics.luma import luma
from tests.support.sets.golden_pairs import a_clean


def test_planes_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in shape"):
        psnr(np.zeros((8, 8)), np.zeros((8, 9)))


def test_ssim_refuses_what_is_smaller_than_its_window() -> None:
    with pytest.raises(ValueError, match="11x11"):
        ssim(np.zeros((10, 20)), np.zeros((10, 20)))


def test_another_light_is_fitted_away_and_rain_is_not() -> None:
    truth = a_clean(40, 48, seed=1) // 2 + 40
    light = np.array([0.8, 0.9, 1.1])
    other = np.clip(np.rint(truth * light + [9, 0, -9]), 0, 255).astype(np.uint8)

    fitted = fitted_to(other, truth)
    rainy = fitted_to(np.where(np.arange(48)[:, None] % 8 == 0, 255, truth), truth)

    assert np.abs(fitted.astype(int) - truth).max() <= 1
    assert psnr(luma(rainy), luma(truth)) < 32
