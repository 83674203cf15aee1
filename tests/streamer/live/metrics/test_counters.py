"""What a live run counts, by a clock that is set by hand."""

from fractions import Fraction

import av
import pytest

from sources.frame import Colour, Frame
from streamer.live.metrics.counters import LiveCounts
from tests.support.fakes import HandClock


def a_frame() -> Frame:
    return Frame(
        picture=av.VideoFrame(16, 16, "yuv420p"),
        index=0,
        pts=0,
        time_base=Fraction(1, 25),
        colour=Colour(),
    )


def test_rates_are_those_of_the_last_seconds() -> None:
    clock = HandClock()
    counts = LiveCounts(clock)
    for frame in counts.counted([a_frame()] * 250):
        assert frame.index == 0
        clock.advance(seconds=0.01)
        counts.left(clock() - 10_000_000)
        clock.advance(seconds=0.03)

    fps_in, fps_out, latency = counts.recent()
    assert fps_in == pytest.approx(25, abs=0.5)
    assert fps_out == pytest.approx(25, abs=0.5)
    assert latency.p95_ms == 10

    clock.advance(seconds=6)
    assert counts.recent()[:2] == (0, 0)
    assert counts.frames_in == 250
