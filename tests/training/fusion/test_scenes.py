import numpy as np
import torch

from training.data.pictures import CleanPictures
from training.fusion.scenes import FRAMES, MovingScenes, things, with_lights


def scenes(clean: CleanPictures, seed: int = 0) -> MovingScenes:
    return MovingScenes(clean, torch.Generator().manual_seed(seed))


def test_scenes_move_and_one_seed_draws_the_same(wide_pictures: CleanPictures) -> None:
    frames = scenes(wide_pictures).frames(6, 48)

    again, other = (scenes(wide_pictures, seed).frames(6, 48) for seed in (0, 1))

    assert frames.shape == (FRAMES, 6, 3, 48, 48)
    assert 0 <= frames.min() <= frames.max() <= 1
    assert torch.equal(frames, again)
    assert not torch.equal(frames, other)
    assert ((frames[1:] - frames[:-1]).abs().mean((0, 2, 3, 4)) > 0).any()


def test_things_are_a_part_of_the_square_and_at_times_none() -> None:
    rng = np.random.default_rng(3)

    masks = [things(200, rng) for _ in range(60)]

    covers = np.array([mask.mean() for mask in masks])
    assert (covers == 0).any()
    assert 0.01 < np.median(covers) < 0.5
    assert all(0 <= mask.min() <= mask.max() <= 1 for mask in masks)


def test_lights_go_on_in_some_scenes_and_make_nothing_darker() -> None:
    dark = torch.full((FRAMES, 80, 3, 64, 64), 0.2)

    lit = with_lights(dark, np.random.default_rng(0))

    more = (lit - dark).amax((2, 3, 4))
    assert (lit >= dark).all()
    assert 0.05 < (more.amax(0) > 0.1).float().mean() < 0.4
    assert ((more > 0.1).any(0) & (more == 0).any(0)).any()
