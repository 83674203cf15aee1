"""The clock in a camera's picture."""

import av
import numpy as np
import pytest

from benchmarks.support import live_parts
from benchmarks.support.live_parts import PassThrough, age_ms, now_ms, stamp


@pytest.mark.parametrize("width", [64, 640, 650])
@pytest.mark.parametrize("age", [0, 1, 250, 70_000])
def test_a_picture_says_how_old_it_is(
    monkeypatch: pytest.MonkeyPatch, width: int, age: int
) -> None:
    now = 0xFFFFFF00  # the clock turns over meanwhile
    monkeypatch.setattr(live_parts, "now_ms", lambda: now)
    luma = np.full((48, width), 120, np.uint8)
    stamp(luma)
    noisy = np.clip(luma + np.random.default_rng(0).normal(0, 20, luma.shape), 0, 255)
    picture = av.VideoFrame.from_ndarray(noisy.astype(np.uint8), format="gray")

    monkeypatch.setattr(live_parts, "now_ms", lambda: (now + age) & 0xFFFFFFFF)

    assert (
        age_ms(picture.reformat(format="yuv420p", src_color_range=2, dst_color_range=2))
        == age
    )


def test_the_clock_fits_its_fields() -> None:
    assert 0 <= now_ms() < 2**32


def test_a_network_that_copies_is_done_at_once() -> None:
    picture, out = np.full((2, 2, 3), 7, np.uint8), np.zeros((2, 2, 3), np.uint8)

    PassThrough().start(picture, out).wait()

    assert (out == 7).all()
