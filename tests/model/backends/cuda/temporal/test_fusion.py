"""What the device makes of a frame and its neighbours, against the host's OpenCV."""

from typing import Any

import cv2
import numpy as np
import pytest
import torch

from model.backends.cuda.temporal.fusion import View, fused, view
from model.backends.cuda.temporal.motion import Path
from model.temporal.neighbours import _doubt, misfit_of, remove_rain
from tests.support.media.rainy_scene import rain, scene

SIZE = (75, 101)


def tensor(picture: Any) -> torch.Tensor:
    return torch.from_numpy(picture).permute(2, 0, 1)[None].float()


def views_of(count: int) -> tuple[Any, list[Any], list[Any]]:
    """Returns a rainy frame, other rain over the same scene, and what they lack."""
    ground = scene(*SIZE)
    frame = rain(ground, 0, streaks=80)
    others = [rain(ground, 1 + n, streaks=80) for n in range(count)]
    lost = [np.zeros(SIZE, np.uint8) for _ in others]
    for number, (mask, other) in enumerate(zip(lost, others, strict=True)):
        mask[10 * number : 10 * number + 30, 20:60] = 255
        cv2.copyTo(frame, mask, other)
    return frame, others, lost


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_frame_loses_the_rain_that_it_loses_on_the_host(count: int) -> None:
    frame, others, lost = views_of(count)
    expected = np.empty_like(frame)
    remove_rain(frame, others, misfit_of(frame, others), expected)
    doubted = np.empty(SIZE, np.uint8)
    _doubt(expected, list(zip(others, lost, strict=True)), doubted)

    known = torch.tensor(True)
    views = [
        View(tensor(other), torch.from_numpy(mask > 0)[None, None], known)
        for other, mask in zip(others, lost, strict=True)
    ]
    median, doubt = fused(tensor(frame), views, whole=True)

    apart = np.abs(median[0].permute(1, 2, 0).numpy() - expected)
    assert (frame != expected).mean() > 0.05
    assert apart.max() <= 2
    assert (apart > 0).mean() < 0.01
    assert np.abs(255 * doubt[0, 0].numpy() - doubted).max() <= 16  # two levels


@pytest.mark.parametrize("absent", [0, 3])
def test_a_neighbour_beyond_a_cut_has_no_say(absent: int) -> None:
    frame, others, lost = views_of(4)
    views = [
        View(
            tensor(other),
            torch.from_numpy(mask > 0)[None, None],
            torch.tensor(number != absent),
        )
        for number, (other, mask) in enumerate(zip(others, lost, strict=True))
    ]

    made = fused(tensor(frame), views, whole=True)

    there = [one for number, one in enumerate(views) if number != absent]
    for ours, expected in zip(
        made, fused(tensor(frame), there, whole=True), strict=True
    ):
        assert torch.equal(ours, expected)


def test_fewer_than_two_neighbours_leave_the_frame_and_know_nothing() -> None:
    frame, others, lost = views_of(2)
    views = [
        View(
            tensor(other),
            torch.from_numpy(mask > 0)[None, None],
            torch.tensor(number == 0),
        )
        for number, (other, mask) in enumerate(zip(others, lost, strict=True))
    ]

    for shown in (views, views[:1], []):
        median, doubt = fused(tensor(frame), shown, whole=True)

        assert torch.equal(median, tensor(frame))
        assert (doubt == 1).all()


def test_a_neighbour_is_fetched_along_the_flow_or_is_the_frame_where_lost() -> None:
    large = scene(SIZE[0], SIZE[1] + 5)
    frame, other = tensor(large[:, :-5].copy()), tensor(large[:, 5:].copy())
    away = torch.zeros(1, 2, *SIZE)
    away[:, 0] = -5  # what is at x in the frame is at x - 5 in the other
    lost = torch.zeros(1, 1, *SIZE, dtype=torch.bool)
    lost[..., :5] = True
    path = Path(away, lost, torch.tensor(True))

    seen = view(frame, other, path, whole=True)

    assert torch.equal(seen.levels, frame)
