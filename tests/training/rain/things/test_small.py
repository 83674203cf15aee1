import pytest
import torch

from training.rain.things import small
from training.rain.things.strokes import Lines


def _several(name: str) -> list[Lines]:
    draw = getattr(small, name)
    return [draw(96, torch.Generator().manual_seed(seed)) for seed in range(40)]


def _lengths(drawn: Lines) -> torch.Tensor:
    return (drawn[:, 2:4] - drawn[:, :2]).norm(dim=1)


@pytest.mark.parametrize("name", ["lettering", "blades", "glints", "scraps", "twigs"])
def test_each_call_draws_other_things_of_widths_that_lenses_show(name: str) -> None:
    several = _several(name)

    assert len({len(drawn) for drawn in several}) > 2
    for drawn in several:
        assert 0 < len(drawn) <= 96
        assert torch.isfinite(drawn).all()
        assert drawn[:, 4].min() >= 0.2
        assert drawn[:, 4].max() <= 4


@pytest.mark.parametrize("name", ["glints", "scraps"])
def test_glints_and_scraps_are_short(name: str) -> None:
    for drawn in _several(name):
        assert _lengths(drawn).max() <= 16


def test_glints_lie_level() -> None:
    for drawn in _several("glints"):
        across, down = (drawn[:, 2:4] - drawn[:, :2]).abs().unbind(1)

        assert (across > 4 * down).all()


def test_scraps_lie_in_every_direction_in_some_pictures_and_in_one_in_others() -> None:
    spreads = []
    for drawn in _several("scraps"):
        x, y = (drawn[:, 2:4] - drawn[:, :2]).unbind(1)
        twice = 2 * torch.atan2(y, x)  # a stroke has no head: half a turn is none
        spreads.append(torch.hypot(twice.cos().mean(), twice.sin().mean()))

    assert min(spreads) < 0.3
    assert max(spreads) > 0.9


def test_letters_stand_in_rows_of_one_height() -> None:
    for drawn in _several("lettering"):
        ends = drawn[:, [1, 3]]
        heights = (ends[:, 0] - ends[:, 1]).abs()

        assert heights.max() <= 24
        assert len(set(drawn[:, 4].tolist())) == 1


def test_twigs_grow_finer_where_they_fork() -> None:
    for drawn in _several("twigs"):
        widths = drawn[:, 4]

        assert (widths[1:] <= widths[:-1]).all()
        assert widths[0] > widths[-1]
