"""Alpha comes out of every format as the very numbers that were decoded."""

import av
import numpy as np
import pytest

from sources.pictures.alpha import Alpha, alpha_of

RAMP = np.arange(65_536, dtype=np.uint16).reshape(256, 256)


def filled(name: str, samples: int, place: int, ramp: np.ndarray) -> av.VideoFrame:
    """Draws the ramp as sample `place` of each pixel, 100 in all others."""
    picture = av.VideoFrame(256, 256, name)
    for number, plane in enumerate(picture.planes):
        kind = ramp.dtype.newbyteorder(">" if name.endswith("be") else "<")
        rows = np.full((plane.height, plane.line_size // kind.itemsize), 100, kind)
        if samples > 1:
            rows[:, place : samples * 256 : samples] = ramp
        elif number == place:
            rows[:, :256] = ramp
        plane.update(rows.tobytes())
    return picture


def found(picture: av.VideoFrame) -> Alpha:
    alpha = alpha_of(picture)
    assert alpha is not None
    return alpha


@pytest.mark.parametrize(
    ("name", "samples", "place"),
    [
        *[("rgba", 4, 3), ("bgra", 4, 3), ("argb", 4, 0), ("abgr", 4, 0)],
        *[("ya8", 2, 1), ("gbrap", 1, 3), ("yuva420p", 1, 3), ("yuva422p", 1, 3)],
    ],
)
def test_eight_bits_are_handed_on(name: str, samples: int, place: int) -> None:
    ramp = (RAMP & 255).astype(np.uint8)

    assert np.array_equal(found(filled(name, samples, place, ramp)), ramp)


@pytest.mark.parametrize(
    ("name", "samples", "place"),
    [
        *[("rgba64le", 4, 3), ("rgba64be", 4, 3), ("bgra64le", 4, 3)],
        *[("ya16le", 2, 1), ("ya16be", 2, 1), ("gbrap16le", 1, 3)],
    ],
)
def test_sixteen_bits_are_handed_on(name: str, samples: int, place: int) -> None:
    alpha = found(filled(name, samples, place, RAMP))

    assert alpha.dtype == np.uint16
    assert np.array_equal(alpha, RAMP)


def test_ten_bits_become_sixteen_at_full_scale() -> None:
    alpha = found(filled("yuva444p10le", 1, 3, RAMP >> 6))

    assert (int(alpha.min()), int(alpha.max())) == (0, 65_535)


def test_a_picture_that_is_all_opaque_has_none() -> None:
    opaque = np.full((256, 256), 255, np.uint8)

    assert alpha_of(filled("rgba", 4, 3, opaque)) is None
    assert alpha_of(av.VideoFrame(16, 16, "yuv420p")) is None
    assert alpha_of(av.VideoFrame(16, 16, "rgb24")) is None
