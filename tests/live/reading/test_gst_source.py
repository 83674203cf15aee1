"""Any GStreamer pipeline as a source."""

from itertools import islice

import numpy as np
import pytest

from sources.errors import SourceError
from sources.frame import Frame
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.gstreamer.source import open_gst
from sources.live.reconnect import State
from sources.live.stream import LiveStream
from tests.support.servers.peers import eventually
from tests.support.servers.reader import Reader

pytestmark = pytest.mark.slow

TEST = "gst:videotestsrc is-live=true pattern={pattern} ! video/x-raw,{caps} ! appsink"


def first_frames(stream: LiveStream, count: int) -> list[Frame]:
    frames = list(islice(stream, count))
    stream.close()
    return frames


@pytest.mark.parametrize("size", [(160, 96), (161, 97), (162, 91)])
def test_pictures_arrive_whole_whatever_their_size(
    gstreamer: None,
    size: tuple[int, int],
) -> None:
    width, height = size
    caps = f"format=NV12,width={width},height={height},framerate=25/1"

    frames = first_frames(open_gst(TEST.format(pattern="white", caps=caps)), 5)

    assert len(frames) == 5
    for number, plane in enumerate(frames[2].picture.planes):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
        shown = rows[:, : plane.width]
        expected = 235 if number == 0 else 128
        assert (abs(shown.astype(int) - expected) <= 1).all()
    assert frames[2].pts - frames[1].pts == pytest.approx(3600, abs=400)


def test_a_pipeline_that_cannot_be_read_ends_the_run(gstreamer: None) -> None:
    with pytest.raises(DisconnectedError, match="no element") as caught:
        first_frames(open_gst("gst:nosuchelement ! appsink"), 1)

    assert caught.value.cause is Cause.PIPELINE


def test_a_pipeline_without_appsink_is_refused() -> None:
    with pytest.raises(SourceError, match="ends in ! appsink"):
        open_gst("gst:videotestsrc ! fakesink")


def test_a_pipeline_that_ends_is_started_again(
    gstreamer: None,
    read: type[Reader],
) -> None:
    caps = "width=160,height=96,framerate=25/1"
    uri = TEST.format(pattern="ball num-buffers=10", caps=caps)

    reader = read(open_gst(uri))
    frames = reader.frames(20)

    assert [frame.index for frame in frames] == list(range(20))
    eventually(lambda: reader.was(State.RECONNECTING, Cause.ENDED))
