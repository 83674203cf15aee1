import torch

from training.rain.near_drops import near_drop_maps


def test_drops_near_the_lens_are_few_large_and_faint() -> None:
    maps = near_drop_maps(16, 64, torch.Generator().manual_seed(0))

    assert maps.shape == (16, 1, 64, 64)
    assert maps.min() == 0
    assert 0.03 < maps.amax((1, 2, 3)).median() < 0.5
    # One to twelve discs: never everywhere, and larger than any streak is wide.
    covered = (maps > 0.02).float().mean((1, 2, 3))
    assert 0.02 < covered.median() < 0.6
