import pytest
import torch

from training.rain.things.strokes import (
    Lines,
    Strokes,
    batched,
    lines,
    painted,
    rotated,
)

_DARK = torch.full((1, 3, 24, 24), 0.2)


def _one(drawn: Lines, softness: float = 1.0, opacity: float = 1.0) -> Strokes:
    return Strokes(
        lines=drawn[None],
        colours=torch.ones(1, len(drawn), 3),
        softness=torch.tensor([softness]),
        opacity=torch.tensor([opacity]),
    )


@pytest.mark.parametrize("width", [1.0, 2.0, 3.5])
@pytest.mark.parametrize("place", [11.0, 11.3, 11.5])
def test_a_stroke_covers_as_many_pixels_as_it_is_wide(
    width: float, place: float
) -> None:
    upright = lines(place, -50, place, 50, width)

    light = (painted(_DARK, _one(upright)) - _DARK) / 0.8

    torch.testing.assert_close(
        light.sum(dim=3), torch.full((1, 3, 24), width), atol=0.05, rtol=0
    )


def test_a_stroke_ends_where_it_ends_and_hides_as_much_as_it_is_opaque() -> None:
    short = lines(4, 10, 12, 10, 2)

    half = painted(_DARK, _one(short, opacity=0.5))

    assert half[0, 0, 10, 8] == pytest.approx(0.6)
    assert half[0, 0, 10, 18] == pytest.approx(0.2)
    assert half[0, 0, 15, 8] == pytest.approx(0.2)


def test_a_soft_edge_fades_over_more_pixels() -> None:
    upright = lines(12, -50, 12, 50, 3)

    sharp, soft = (
        painted(_DARK, _one(upright, softness))[0, 0, 12] for softness in (1.0, 4.0)
    )

    assert ((sharp > 0.21) & (sharp < 0.99)).sum() < (
        (soft > 0.21) & (soft < 0.99)
    ).sum()


def test_more_strokes_than_are_painted_at_once_look_like_few() -> None:
    upright = lines(torch.tensor([3.0, 9.0, 20.0]), -50, 9.0, 50, 2)
    repeated = upright.repeat(15, 1)

    once, often = (painted(_DARK, _one(drawn)) for drawn in (upright, repeated))

    torch.testing.assert_close(once, often)


def test_pictures_of_a_batch_have_strokes_of_their_own() -> None:
    many, none = lines(torch.arange(40) * 0.5, 0, 20, 20, 1), torch.empty(0, 5)
    strokes = Strokes(
        lines=batched([many, none]),
        colours=torch.ones(2, 40, 3),
        softness=torch.ones(2),
        opacity=torch.ones(2),
    )

    first, second = painted(_DARK.repeat(2, 1, 1, 1), strokes)

    assert first.mean() > 0.3
    assert torch.equal(second, _DARK[0])


def test_a_quarter_turn_makes_an_upright_stroke_level() -> None:
    upright = lines(5, 0, 5, 10, 2)

    level = rotated(upright, 90, centre=5)

    torch.testing.assert_close(level, torch.tensor([[10.0, 5.0, 0.0, 5.0, 2.0]]))
