"""What a live run counts, by a clock that is set by hand."""

import pytest

from streamer.live.metrics.counters import LiveCounts
from tests.support.fakes import HandClock


def test_rates_are_those_of_the_last_seconds() -> None:
    clock = HandClock()
    counts = LiveCounts(clock)
    for _ in range(250):
        counts.came()
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
