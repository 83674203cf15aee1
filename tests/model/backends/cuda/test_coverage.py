"""What the device counts of removed rain is what the gate counts."""

from typing import Any

import numpy as np
import pytest
import torch

from model.backends.cuda.coverage import DeviceCoverage
from model.pictures.coverage import coverage
from tests.support.media.rainy_scene import rain, scene


@pytest.mark.parametrize("size", [(60, 64), (97, 131), (360, 640)])
@pytest.mark.parametrize("streaks", [0, 3, 20, 150])
def test_the_device_counts_what_the_gate_counts(
    size: tuple[int, int], streaks: int
) -> None:
    ground = np.resize(scene(), (*size, 3)).astype(np.uint8)
    rainy = np.resize(rain(scene(), 1, streaks=streaks), (*size, 3)).astype(np.uint8)
    frame, derained = np.maximum(rainy, ground), ground

    def light(picture: Any) -> torch.Tensor:
        padded = np.pad(picture, ((0, 7), (0, 5), (0, 0)))
        return torch.from_numpy(padded).permute(2, 0, 1)[None].float() / 255

    count = DeviceCoverage(*size, "cpu")
    [[whole, fine]] = count(light(frame), light(derained)).tolist()

    assert whole == pytest.approx(coverage(frame, derained), abs=0.02)
    deep = [picture.astype(np.uint16) * 257 for picture in (frame, derained)]
    assert fine == pytest.approx(coverage(*deep), abs=0.02)


def test_pictures_of_a_batch_are_counted_one_by_one() -> None:
    frame = torch.full((2, 3, 24, 36), 0.5)
    derained = frame.clone()
    derained[1] -= 0.25

    counted = DeviceCoverage(24, 36, "cpu")(frame, derained)

    assert counted[0].tolist() == [0, 0]
    assert counted[1].tolist() == pytest.approx([100, 100], rel=1e-5)


def test_padding_and_light_beyond_white_do_not_count() -> None:
    frame = torch.full((1, 3, 30, 40), 1.5)
    derained = torch.full((1, 3, 30, 40), 1.0)
    derained[:, :, 24:] = 0
    derained[:, :, :, 36:] = 0

    assert DeviceCoverage(24, 36, "cpu")(frame, derained).tolist() == [[0, 0]]
