"""One connection after the other, as one stream."""

from collections.abc import Iterator
from itertools import islice

import av

from sources.frame import StreamInfo
from sources.live.disconnect import Cause
from sources.live.reconnect import Status
from sources.live.stream import LiveStream
from sources.live.timestamps import TIME_BASE
from tests.support.fakes import HandClock
from tests.support.media.gpu_camera import INFO

_GOP_SECONDS = 40


class FarApart:
    """A broadcast with a key frame in 40 s, joined in the middle: damage until then."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock

    @property
    def info(self) -> StreamInfo:
        return INFO

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        while True:
            self._clock.advance(seconds=1)
            seconds = round(self._clock() / 1e9)
            if seconds % _GOP_SECONDS:
                yield None
                continue
            picture = av.VideoFrame(66, 50)
            picture.pts, picture.time_base = seconds * 90_000, TIME_BASE
            picture.key_frame = True  # type: ignore[misc] # the stubs know no setter
            yield picture

    def close(self) -> None:
        pass


def test_key_frames_that_are_far_apart_are_waited_for_longer_the_next_time() -> None:
    clock = HandClock()
    clock.advance(seconds=1)
    stream = LiveStream("broadcast", lambda: FarApart(clock), now_ns=clock)
    states: list[Status] = []
    stream.on_change = states.append
    stream._closed.wait = lambda timeout=None: False  # type: ignore[method-assign] # the clock is the test's

    [frame] = islice(stream, 1)

    stream.close()
    assert frame.picture.key_frame
    assert [status.cause for status in states if status.wait_seconds] == [Cause.CODEC]
    assert clock() == _GOP_SECONDS * 10**9
