import math

import pytest

from evaluation.metrics.protocols import PROTOCOLS
from tests.support.sets.golden_pairs import a_clean


def test_equal_pictures_have_infinite_psnr_and_ssim_one() -> None:
    clean = a_clean(40, 48, seed=1)

    assert PROTOCOLS["mprnet"].psnr(clean, clean) == math.inf
    assert PROTOCOLS["mprnet"].ssim(clean, clean) == pytest.approx(1)
