"""How much of a picture rain was taken out of."""

import numpy as np
import pytest

from model.pictures.coverage import BLOCKS, REMOVED, coverage, coverage_of_both
from model.temporal.rain_gate import DRY, RAINY
from tests.support.media.rainy_scene import dry_pair, rainy_pair


def test_rain_covers_more_than_the_railing_that_looks_like_it() -> None:
    assert coverage(*rainy_pair()) > RAINY
    assert coverage(*dry_pair()) < DRY


def test_what_is_spread_counts_for_more_than_what_is_in_one_place() -> None:
    frame = np.full((120, 120, 3), 100, np.uint8)
    spread, heaped = frame.copy(), frame.copy()
    spread[::10, ::10] = 50
    heaped[:12, :12] = 50

    assert coverage(frame, spread) == pytest.approx(1, rel=0.01)
    assert coverage(frame, heaped) < 0.1


def test_coverage_is_the_same_at_sixteen_bits() -> None:
    frame, derained = rainy_pair()

    deep = coverage(frame.astype(np.uint16) * 257, derained.astype(np.uint16) * 257)

    assert deep == pytest.approx(coverage(frame, derained), rel=0.02)


def test_a_picture_that_lost_nothing_or_all_is_at_the_ends() -> None:
    frame = np.full((120, 160, 3), 100, np.uint8)

    assert coverage(frame, frame) == 0
    assert coverage(frame, frame + 50) == 0  # brighter: no rain went
    assert coverage(frame, frame - 50) == pytest.approx(100)


def test_a_pixel_counts_from_more_than_the_least_light_on() -> None:
    frame = np.full((120, 160, 3), 100, np.uint8)

    assert coverage(frame, frame - REMOVED) == 0
    assert coverage(frame, frame - REMOVED - 1) == pytest.approx(100)


def test_one_whole_block_counts_as_its_square() -> None:
    frame = np.full((10 * BLOCKS, 10 * BLOCKS, 3), 100, np.uint8)
    derained = frame.copy()
    derained[:10, :10] = 0

    assert coverage(frame, derained) == pytest.approx(100 / BLOCKS**4)


@pytest.mark.parametrize(("neighbours", "both"), [(0.0, 1.0), (1.0, 1.0), (3.0, 2.0)])
def test_what_neighbours_take_out_of_dry_clips_does_not_count(
    neighbours: float, both: float
) -> None:
    assert coverage_of_both(1.0, neighbours) == pytest.approx(both)
