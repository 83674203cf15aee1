"""What the device makes of a frame and its neighbours, against the host's OpenCV."""

from typing import Any

import numpy as np
import pytest
import torch

from model.backends.cuda.temporal.fusion import View, fused, view
from model.backends.cuda.temporal.motion import Path
from model.temporal.neighbours import misfit_of, remove_rain
from tests.support.media.rainy_scene import rain, scene

SIZE = (75, 101)


def tensor(picture: Any) -> torch.Tensor:
    return torch.from_numpy(picture).permute(2, 0, 1)[None].float()


def views_of(count: int) -> tuple[Any, list[Any]]:
    """Returns a rainy frame, and other rain over the same scene."""
    ground = scene(*SIZE)
    frame = rain(ground, 0, streaks=80)
    others = [rain(ground, 1 + n, streaks=80) for n in range(count)]
    for number, other in enumerate(others):  # what a neighbour does not show
        lacks = slice(10 * number, 10 * number + 30), slice(20, 60)
        other[lacks] = frame[lacks]
    return frame, others


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_frame_loses_the_rain_that_it_loses_on_the_host(count: int) -> None:
    frame, others = views_of(count)
    expected = np.empty_like(frame)
    remove_rain(frame, others, misfit_of(frame, others), expected)

    known = torch.tensor(True)
    views = [View(tensor(other), known) for other in others]
    median = fused(tensor(frame), views, whole=True)

    apart = np.abs(median[0].permute(1, 2, 0).numpy() - expected)
    assert (frame != expected).mean() > 0.05
    assert apart.max() <= 2
    assert (apart > 0).mean() < 0.01


@pytest.mark.parametrize("absent", [0, 3])
def test_a_neighbour_beyond_a_cut_has_no_say(absent: int) -> None:
    frame, others = views_of(4)
    views = [
        View(tensor(other), torch.tensor(number != absent))
        for number, other in enumerate(others)
    ]

    made = fused(tensor(frame), views, whole=True)

    there = [one for number, one in enumerate(views) if number != absent]
    assert torch.equal(made, fused(tensor(frame), there, whole=True))


def test_fewer_than_two_neighbours_leave_the_frame() -> None:
    frame, others = views_of(2)
    views = [
        View(tensor(other), torch.tensor(number == 0))
        for number, other in enumerate(others)
    ]

    for shown in (views, views[:1], []):
        assert torch.equal(fused(tensor(frame), shown, whole=True), tensor(frame))


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
