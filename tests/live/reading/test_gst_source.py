"""Any GStreamer pipeline as a source."""

from itertools import islice

import numpy as np
import pytest

from sources.frame import Frame
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.gstreamer.source import open_gst
from sources.live.reconnect import State
from sources.live.stream import LiveStream
from tests.live.conftest import StartPeer
from tests.support.servers.peers import eventually
from tests.support.viewing.reader import Reader

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


LOSSY = ("--lose", "0.04", "--mtu", "60000")
"""A packet holds a picture, of which nothing is left for the decoder to see."""


def grey(frame: Frame) -> int:
    """Counts what is neither the white ball nor the black behind it: its rim."""
    luma = frame.picture.to_ndarray()[: frame.picture.height]
    return int(((luma > 40) & (luma < 200)).sum())


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_what_is_built_on_a_lost_picture_is_not_handed_on(
    start_peer: StartPeer, codec: str
) -> None:
    """Smears have 504 pixels of grey in H.264, and in H.265 the whole picture."""
    peer = start_peer("--codec", codec, "--gop", "25", *LOSSY)
    camera = f"rtspsrc location={peer.url()} protocols=udp latency=100"
    stream = open_gst(f"gst:{camera} ! decodebin ! appsink")

    frames = first_frames(stream, 60)

    assert max(map(grey, frames)) < 250
    assert stream.dropped["decode error"] > 0
    assert stream.dropped["waiting for key frame"] > 0
    assert stream.link.reconnects == 0


def test_a_camera_that_takes_it_is_asked_for_a_key_frame(start_peer: StartPeer) -> None:
    """By itself this one sends another after 40 s."""
    peer = start_peer("--feedback", "--gop", "1000", *LOSSY)
    camera = f"rtspsrc location={peer.url()} protocols=udp latency=100"
    stream = open_gst(f"gst:{camera} ! decodebin ! appsink")

    frames = first_frames(stream, 60)

    assert sum(frame.picture.key_frame for frame in frames) > 1
    assert frames[-1].pts < 40 * 90_000
    assert stream.dropped["decode error"] > 0
    assert stream.link.reconnects == 0
