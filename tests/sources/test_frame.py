"""A packed RGB picture seen as an array."""

import av
import numpy as np
import pytest

from sources.frame import rgb_view


@pytest.mark.parametrize("width", [1, 17, 64])
@pytest.mark.parametrize(("name", "kind"), [("rgb24", "u1"), ("rgb48le", "u2")])
def test_a_picture_is_seen_without_the_filling_of_its_rows(
    name: str, kind: str, width: int
) -> None:
    rng = np.random.default_rng(1)
    highest = np.iinfo(kind).max
    pixels = rng.integers(0, highest, (9, width, 3), kind, endpoint=True)
    picture = av.VideoFrame.from_ndarray(pixels, name)

    view = rgb_view(picture)

    assert view.dtype == pixels.dtype
    assert np.array_equal(view, pixels)


def test_a_view_is_the_picture_itself() -> None:
    picture = av.VideoFrame.from_ndarray(np.zeros((4, 4, 3), np.uint8), "rgb24")

    rgb_view(picture)[1, 2] = (7, 8, 9)

    assert picture.to_ndarray()[1, 2].tolist() == [7, 8, 9]
