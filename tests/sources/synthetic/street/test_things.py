"""Trees, lamps and signs: figures on a ground that is not drawn."""

import numpy as np
import pytest

from sources.synthetic.street.things import (
    LAMP_HEIGHT_M,
    SIGN_HEIGHT_M,
    Thing,
    grow_tree,
    paint_signs,
    raise_lamp,
)
from sources.synthetic.street.view import Floats

DETAIL = 0.3


def cover(thing: Thing) -> Floats:
    texture = thing.texture
    return texture.shrunk_to(texture.width, texture.height)[..., 3].astype(np.float32)


def test_a_tree_stands_on_its_trunk() -> None:
    tree = grow_tree(np.random.default_rng(1), DETAIL)

    opaque = cover(tree) > 127

    assert 4.4 <= tree.width <= 6.2
    assert tree.height == pytest.approx(1.32 * tree.width)
    foot, crown = opaque[-2].sum(), opaque[len(opaque) // 3].sum()
    assert 0 < foot < crown / 4
    assert opaque[-2, opaque.shape[1] // 2]


def test_trees_differ() -> None:
    one, other = (grow_tree(np.random.default_rng(seed), DETAIL) for seed in (1, 2))

    assert one.width != other.width
    assert not np.array_equal(cover(one), cover(other))


def test_the_arm_of_a_lamp_reaches_to_the_left() -> None:
    lamp = raise_lamp(DETAIL)

    opaque = cover(lamp) > 0

    assert lamp.height == pytest.approx(LAMP_HEIGHT_M + 0.2, abs=0.1)
    middle = opaque.shape[1] // 2
    arm = opaque[: len(opaque) // 8]
    assert arm[:, : middle - 2].any()
    assert not arm[:, middle + 2 :].any()
    assert opaque[-1, middle - 1 : middle + 1].any()


def test_six_signs_stand_on_posts_and_look_different() -> None:
    signs = paint_signs(np.random.default_rng(1), DETAIL)

    assert len(signs) == 6
    for sign in signs:
        assert sign.height == SIGN_HEIGHT_M
        assert cover(sign)[-1].max() == 255  # the post
    covers = {cover(sign).tobytes() for sign in signs}
    assert len(covers) == 6


@pytest.mark.parametrize("detail", [0.01, 0.1])
def test_the_smallest_pictures_have_them_too(detail: float) -> None:
    things = [
        grow_tree(np.random.default_rng(1), detail),
        raise_lamp(detail),
        *paint_signs(np.random.default_rng(1), detail),
    ]

    assert all(cover(thing).any() for thing in things)
