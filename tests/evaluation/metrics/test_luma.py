import numpy as np

from evaluation.metrics.luma import luma


def test_luma_runs_from_16_to_235() -> None:
    picture = np.array([[[0, 0, 0], [255, 255, 255]]], dtype=np.uint8)

    assert luma(picture).tolist() == [[16, 235]]
