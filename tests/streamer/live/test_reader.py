"""Which frame of a live source is next, and when it is given up."""

from collections.abc import Iterator
from fractions import Fraction
from threading import Event

import pytest

from sources.channel import Stopped
from sources.frame import Colour, Frame, StreamInfo
from streamer.live.metrics.counters import LiveCounts
from streamer.live.reader import LatestFrameReader
from streamer.settings import LiveOptions
from tests.support.fakes import HandClock


class Silent:
    """A source that never answers."""

    info = StreamInfo(
        width=0,
        height=0,
        pixel_format="",
        time_base=Fraction(1, 25),
        colour=Colour(),
        live=True,
    )

    def __init__(self) -> None:
        self.closed = Event()

    def __iter__(self) -> Iterator[Frame]:
        self.closed.wait()
        return iter(())

    def close(self) -> None:
        self.closed.set()


def test_a_source_that_never_answers_ends_a_run_that_a_loss_ends() -> None:
    clock = HandClock()
    reader = LatestFrameReader(
        Silent(),
        LiveCounts(clock),
        live=LiveOptions(on_loss="end"),
        on_missing=lambda _since: None,
        now_ns=clock,
    )
    clock.advance(seconds=31)

    with pytest.raises(Stopped):
        reader.fresh()

    assert reader.problem == "the source never answered (no picture came)"
