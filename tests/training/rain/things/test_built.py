import pytest
import torch

from training.rain.things import built
from training.rain.things.strokes import Lines


def _steepness(drawn: Lines) -> torch.Tensor:
    """How many pixels each stroke goes down for one across."""
    x, y = (drawn[:, 2:4] - drawn[:, :2]).abs().unbind(1)
    return y / x.clamp(min=1e-3)


def _several(name: str) -> list[Lines]:
    draw = getattr(built, name)
    return [draw(96, torch.Generator().manual_seed(seed)) for seed in range(40)]


@pytest.mark.parametrize(
    "name", ["fence", "masts", "wires", "cables", "grid", "lane_marks"]
)
def test_each_call_draws_other_things_of_widths_that_lenses_show(name: str) -> None:
    several = _several(name)

    assert len({len(drawn) for drawn in several}) > 3
    for drawn in several:
        assert 0 < len(drawn) <= 96
        assert torch.isfinite(drawn).all()
        assert drawn[:, 4].min() >= 0.4
        assert drawn[:, 4].max() <= 6


@pytest.mark.parametrize("name", ["fence", "masts"])
def test_bars_and_poles_stand_upright(name: str) -> None:
    for drawn in _several(name):
        assert _steepness(drawn).median() > 3


def test_wires_join_without_gaps() -> None:
    for drawn in _several("wires"):
        parts = drawn.reshape(6, -1, 5)

        torch.testing.assert_close(parts[:-1, :, 2:4], parts[1:, :, :2])


def test_cables_meet_in_a_point() -> None:
    for drawn in _several("cables"):
        assert (drawn[:, :2] == drawn[0, :2]).all()


def test_lane_marks_are_wider_the_nearer_they_are() -> None:
    for drawn in _several("lane_marks"):
        order = drawn[:, 1].argsort()

        assert drawn[order[0], 4] <= drawn[order[-1], 4]


def test_a_grid_has_bars_in_two_directions() -> None:
    for drawn in _several("grid"):
        along = drawn[:, 2:4] - drawn[:, :2]
        across = torch.stack([-along[:, 1], along[:, 0]], dim=1)
        cosines = torch.nn.functional.cosine_similarity(along[:1], across)

        assert (cosines.abs() > 0.95).any()
        assert (cosines.abs() < 0.05).any()
