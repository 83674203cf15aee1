from pathlib import Path

import numpy as np
import pytest
import torch

from tests.conftest import MakeClip
from training.errors import TrainingError
from training.fusion.clips import ClipScenes, Part, part_of
from training.fusion.scenes import FRAMES


def test_a_part_of_a_clip_is_named_by_its_path_and_frames() -> None:
    assert part_of("a/b:c.mp4:3:90") == Part(Path("a/b:c.mp4"), 3, 90)


@pytest.mark.parametrize("text", ["clip.mp4", "clip.mp4:3", "clip.mp4:a:9"])
def test_what_names_no_part_is_refused(text: str) -> None:
    with pytest.raises(TrainingError, match="Expected PATH:BEGIN:END of a clip"):
        part_of(text)


def test_scenes_are_cut_from_the_part(make_clip: MakeClip) -> None:
    clip = make_clip("moving.mp4", frames=12, size=(96, 80))
    parts = [Part(clip, 2, 11)]

    frames, again = (
        ClipScenes(parts, torch.Generator().manual_seed(4)).frames(5, 48)
        for _ in range(2)
    )

    assert frames.shape == (FRAMES, 5, 3, 48, 48)
    assert torch.equal(frames, again)
    assert np.ptp(frames.numpy()) > 0.1
    assert 0 <= frames.min() <= frames.max() <= 1


def test_a_part_that_is_too_short_or_too_small_is_refused(make_clip: MakeClip) -> None:
    clip = make_clip("moving.mp4", frames=6, size=(96, 80))
    generator = torch.Generator().manual_seed(4)

    with pytest.raises(TrainingError, match=r"Expected 5 frames and more in .*got 2"):
        ClipScenes([Part(clip, 4, 9)], generator)
    with pytest.raises(TrainingError, match=r"clips of 90 pixels.*got 96x80"):
        ClipScenes([Part(clip, 0, 6)], generator).frames(1, 90)
