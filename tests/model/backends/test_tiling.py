import itertools
from collections.abc import Callable

import numpy as np
import pytest

from model import Derainer, ModelError, RgbArray
from model.backends.tiling import fade, tile_starts


@pytest.mark.parametrize("length", [100, 256, 257, 300, 500, 719, 720, 1921])
def test_tiles_cover_a_side_and_stand_on_the_grid(length: int) -> None:
    starts = tile_starts(length, 256, 64, 16)

    assert starts[0] == 0
    assert all(start % 16 == 0 for start in starts)
    assert all(b - a <= 256 - 64 for a, b in itertools.pairwise(starts))
    assert starts[-1] + 256 >= length
    assert starts[-1] < length - 16 or length <= 256


def test_the_fades_of_neighbours_add_up_to_one() -> None:
    weights = fade(256, 64)

    np.testing.assert_allclose(weights[:64] + weights[-64:], 1, atol=1e-6)


def test_tiles_too_small_for_their_overlap_are_refused() -> None:
    with pytest.raises(ModelError, match="at least 128 pixels, got 64"):
        Derainer(tile=64)


@pytest.mark.slow
def test_seams_of_tiles_stay_below_what_can_be_seen(
    rainy_picture: RgbArray, record_property: Callable[[str, object], None]
) -> None:
    whole = Derainer(backend="torch")(rainy_picture).astype(int)

    tiled = Derainer(backend="torch", tile=160)(rainy_picture)

    difference = np.abs(tiled - whole)
    record_property("max_difference", int(difference.max()))
    # Attention averages over a tile instead of the picture; seams add nothing to it.
    assert difference.max() <= 12
    assert difference.mean() < 0.5
