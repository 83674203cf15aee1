"""Windows and shops: drawn into a wall, and lit behind it."""

import numpy as np
import pytest

from sources.synthetic.street.view import Floats
from sources.synthetic.street.windows import fill, shop_front, window

SCALE = 20.0


def wall() -> Floats:
    return np.full((120, 160, 3), 150, np.float32)


def test_a_window_changes_the_wall_around_its_place_and_nowhere_else() -> None:
    front, glow = wall(), np.zeros_like(wall())

    window(np.random.default_rng(1), front, glow, (60, 40, 22, 31), SCALE)

    changed = np.argwhere((front != 150).any(axis=2))
    assert changed.min(axis=0).tolist() == [39, 59]
    assert changed[:, 0].max() <= 40 + 31 + 5
    assert changed[:, 1].max() == 60 + 22
    inside = front[40:71, 60:82]
    assert inside.std() > 10


def test_some_windows_are_lit_and_some_are_dark() -> None:
    glows = []
    for seed in range(12):
        glow = np.zeros_like(wall())
        window(np.random.default_rng(seed), wall(), glow, (60, 40, 22, 31), SCALE)
        glows.append(glow.max() > 50)

    assert 2 <= sum(glows) <= 10


@pytest.mark.parametrize(
    "box", [(-10, -10, 22, 31), (150, 110, 22, 31), (-90, 0, 9, 9)]
)
def test_a_window_at_the_edge_of_a_wall_is_cut(
    box: tuple[float, float, float, float],
) -> None:
    front, glow = wall(), np.zeros_like(wall())

    window(np.random.default_rng(2), front, glow, box, SCALE)

    assert front.shape == wall().shape
    assert np.isfinite(front).all()


def test_a_shop_is_lit_at_the_foot_of_the_wall_under_its_name() -> None:
    front, glow = wall(), np.zeros_like(wall())

    shop_front(np.random.default_rng(3), front, glow, 0, SCALE)

    top = round(120 - 2.5 * SCALE) - round(0.75 * SCALE)
    assert (front[:top] == 150).all()
    assert not glow[:top].any()
    assert glow[-int(2 * SCALE) : -int(0.5 * SCALE)].mean() > 80
    assert glow[top : top + 14].max() > 200  # the name


def test_shops_of_another_kind_have_another_name() -> None:
    signs = []
    for kind in (0, 2, 4):
        glow = np.zeros_like(wall())
        shop_front(np.random.default_rng(3), wall(), glow, kind, SCALE)
        signs.append(glow[54:69].copy())

    assert not np.array_equal(signs[0], signs[1])
    assert not np.array_equal(signs[1], signs[2])


def test_a_rectangle_is_painted_and_what_lies_outside_is_left_out() -> None:
    image = np.zeros((4, 4, 3), np.float32)

    fill(image, 2, -1, 5, 3, (1.0, 2.0, 3.0))
    fill(image, -9, -9, 2, 2, (9.0, 9.0, 9.0))

    assert image[..., 2].tolist() == [[0, 0, 3, 3], [0, 0, 3, 3], [0] * 4, [0] * 4]
