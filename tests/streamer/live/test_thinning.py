"""Pictures at a rate that the machine can do."""

from fractions import Fraction

import av
import numpy as np
import pytest

from sources.frame import Colour, Frame
from streamer.live.thinning import Thinning


def a_frame(pts: int) -> Frame:
    return Frame(
        picture=av.VideoFrame(64, 48, "yuv420p"),
        index=0,
        pts=pts,
        time_base=Fraction(1, 1000),
        colour=Colour(),
    )


@pytest.mark.parametrize(("rate", "kept"), [(25, 100), (10, 40), (8, 32), (1, 4)])
def test_pictures_are_thinned_evenly(rate: int, kept: int) -> None:
    thinning = Thinning(rate)

    frames = [at for at in range(0, 4000, 40) if thinning.wants(a_frame(at))]

    assert len(frames) == kept
    steps = np.diff(frames)
    assert steps.max() - steps.min() <= 40


def test_after_a_gap_pictures_come_at_their_rate_again() -> None:
    thinning = Thinning(10)
    times = [*range(0, 400, 40), *range(60_000, 60_400, 40)]

    kept = [at for at in times if thinning.wants(a_frame(at))]

    assert len([at for at in kept if at >= 60_000]) == 4
