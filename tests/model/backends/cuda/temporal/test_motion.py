"""Which frames belong together on the device, and what of them is lost."""

from typing import Any

import numpy as np
import torch

from model.backends.cuda.temporal.motion import grey, joined, link, luma_of
from tests.support.media.rainy_scene import scene

SIZE = (144, 192)


def frame_at(right: int, seed: int = 1) -> torch.Tensor:
    large = scene(SIZE[0], SIZE[1] + 40, seed=seed)
    cut = np.ascontiguousarray(large[:, 20 - right : 20 - right + SIZE[1]])
    return torch.from_numpy(cut).permute(2, 0, 1)[None].float()


def linked(before: torch.Tensor, now: torch.Tensor) -> Any:
    return link(luma_of(before), luma_of(now), SIZE)


def test_consecutive_frames_are_linked_there_and_back() -> None:
    made = linked(frame_at(0), frame_at(4))

    assert made.back.valid
    middle = (slice(None), slice(None), slice(20, -20), slice(20, -20))
    assert (made.forth.away[middle][:, 0] - 4).abs().mean() < 0.2
    assert (made.back.away[middle][:, 0] + 4).abs().mean() < 0.2
    assert not made.back.lost[middle].any()
    assert made.back.lost[..., :4].float().mean() > 0.9  # came in from the left


def test_another_scene_and_another_light_are_a_cut() -> None:
    assert not linked(frame_at(0), frame_at(0, seed=9)).back.valid
    assert not linked(frame_at(0), frame_at(0) + 60).back.valid


def test_ways_are_joined_and_lost_where_one_of_them_is() -> None:
    first = linked(frame_at(4), frame_at(8))
    second = linked(frame_at(0), frame_at(4))

    both = joined(first.back, second.back)

    middle = (slice(None), 0, slice(20, -20), slice(20, -20))
    assert (both.away[middle] + 8).abs().mean() < 0.3
    assert both.lost[first.back.lost].all()
    assert both.valid


def test_large_frames_are_looked_at_in_half_and_the_flow_is_theirs() -> None:
    wide = torch.zeros(1, 3, 1000, 1402)

    assert luma_of(wide).shape == (1, 1, 500, 701)


def test_grey_is_in_whole_levels() -> None:
    assert grey(torch.tensor([10.0, 20, 30]).view(1, 3, 1, 1)).item() == 18
