"""A picture that never changes is noticed."""

from fractions import Fraction

import av
import numpy as np
import pytest

from sources.frame import Colour, Frame
from streamer.live.still import FROZEN_SECONDS, StillWatch
from tests.support.fakes import HandClock


def frame(size: tuple[int, int] = (160, 96), noise: int = 0, box: int = 0) -> Frame:
    luma = np.full((size[1], size[0]), 100, np.int16)
    luma += np.random.default_rng(noise).integers(-noise, noise + 1, luma.shape)
    luma[:16, :16] += box
    picture = av.VideoFrame.from_ndarray(luma.astype(np.uint8), format="gray")
    return Frame(
        picture=picture, index=0, pts=0, time_base=Fraction(1, 25), colour=Colour()
    )


def seconds_still(clock: HandClock, *frames: Frame) -> tuple[float, bool]:
    watch = StillWatch("camera", clock)
    for each in frames:
        watch.take(each)
        clock.advance(seconds=FROZEN_SECONDS / 2)
    return watch.seconds, watch.frozen


def test_what_differs_by_no_more_than_an_encoders_own_noise_is_frozen(
    caplog: pytest.LogCaptureFixture,
) -> None:
    frames = [frame(noise=level) for level in (0, 1, 2, 3)]

    assert seconds_still(HandClock(), *frames) == (1.5 * FROZEN_SECONDS, True)
    assert caplog.text.count("frozen picture") == 1


@pytest.mark.parametrize("change", [frame(box=40), frame(size=(96, 160))])
def test_a_change_in_a_corner_or_of_the_size_begins_anew(change: Frame) -> None:
    assert not seconds_still(HandClock(), frame(), frame(), frame(), change)[1]
