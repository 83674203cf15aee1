"""What the device makes of a frame and its neighbours, against the host's OpenCV."""

from typing import Any

import numpy as np
import pytest
import torch

from model.backends.cuda.temporal.fusion import View, fused, view
from model.backends.cuda.temporal.motion import Path
from model.motion.links import Path as HostPath
from model.temporal.neighbours import View as HostView
from model.temporal.neighbours import fuse
from tests.support.media.rainy_scene import rain, scene

SIZE = (75, 101)


def tensor(picture: Any) -> torch.Tensor:
    return torch.from_numpy(picture).permute(2, 0, 1)[None].float()


def views_of(count: int) -> tuple[Any, list[HostView]]:
    """Returns a rainy frame, and other rain over the same scene."""
    ground = scene(*SIZE)
    frame = rain(ground, 0, streaks=80)
    views = []
    for number in range(count):
        other = rain(ground, 1 + number, streaks=80)
        lacks = slice(10 * number, 10 * number + 30), slice(20, 60)
        other[lacks] = frame[lacks]  # what a neighbour does not show
        lost = np.zeros(SIZE, np.uint8)
        lost[lacks] = 255
        places = np.stack(np.meshgrid(*map(np.arange, SIZE[::-1])), -1) + number
        views.append(HostView(other, HostPath(places.astype(np.float32), lost)))
    return frame, views


def on_device(views: list[HostView], absent: int | None = None) -> list[View]:
    """Returns the same views, of which one may be beyond a cut."""
    found = []
    for number, one in enumerate(views):
        away = torch.full((1, 2, *SIZE), float(number))
        lost = torch.from_numpy(one.path.lost > 0)[None, None]
        path = Path(away, lost, torch.tensor(number != absent))
        found.append(View(tensor(one.picture), path))
    return found


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_frame_loses_the_rain_that_it_loses_on_the_host(count: int) -> None:
    frame, views = views_of(count)
    expected = np.empty_like(frame)
    fuse(frame, views, expected)

    made = fused(tensor(frame), on_device(views), whole=True)

    apart = np.abs(made[0].permute(1, 2, 0).numpy() - expected)
    assert (frame != expected).mean() > 0.05
    assert apart.max() <= 1
    assert (apart > 0).mean() < 0.001


@pytest.mark.parametrize("absent", [0, 3])
def test_a_neighbour_beyond_a_cut_has_no_say(absent: int) -> None:
    frame, views = views_of(4)
    there = [one for number, one in enumerate(views) if number != absent]
    expected = np.empty_like(frame)
    fuse(frame, there, expected)

    made = fused(tensor(frame), on_device(views, absent), whole=True)

    apart = np.abs(made[0].permute(1, 2, 0).numpy() - expected)
    assert apart.max() <= 1
    assert (apart > 0).mean() < 0.001


def test_fewer_than_two_neighbours_leave_the_frame() -> None:
    frame, host = views_of(2)
    views = on_device(host, absent=1)

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
