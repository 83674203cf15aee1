"""The loop that a run is held against does what it says."""

from pathlib import Path

import pytest
import torch
from torch import nn

from streamer.cli.bench.plain import plain_loop
from tests.conftest import MakeClip
from tests.support.probe import look_at


class Same(nn.Module):
    """Returns what it gets, and keeps the sizes."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.sizes: list[tuple[int, ...]] = []

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        self.sizes.append(tuple(pictures.shape))
        assert 0 <= pictures.min() <= pictures.max() <= 1
        return pictures


def test_each_frame_is_padded_to_the_networks_multiple_and_cut_back(
    make_clip: MakeClip,
) -> None:
    network, clip = Same(), make_clip(frames=4, size=(70, 50))

    plain_loop(network, clip, 3)

    assert network.sizes == [(1, 3, 64, 96)] * 3
    seen = look_at(clip.with_name("plain.mp4"))
    assert (len(seen.times), seen.sizes) == (3, {(70, 50)})


def test_a_clip_that_is_too_short_or_missing_is_told(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="fewer than 5 frames can be read"):
        plain_loop(Same(), make_clip(frames=3), 5)
    with pytest.raises(ValueError, match=r"none\.mp4: fewer than 1 frames can be read"):
        plain_loop(Same(), tmp_path / "none.mp4", 1)
