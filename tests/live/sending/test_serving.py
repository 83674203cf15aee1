"""A run that is a server, with viewers that come, go and stop reading."""

import os
import signal
import socket
from contextlib import closing
from functools import partial

import av
import pytest

from sinks.encoding.options import EncodeOptions
from sinks.live.opener import open_live_sink
from sinks.live.serving.output import ServedStream
from sinks.live.worker.rtsp_client.client import RtspClient
from sinks.live.worker.rtsp_client.view_check import ViewCheck
from sinks.live.worker.rtsp_server.viewers import MOST_VIEWERS
from tests.support.servers.feeder import RATE, Feeder, children
from tests.support.servers.peers import (
    eventually,
    free_port,
    viewer_that_stops_reading,
)
from tests.support.viewing.viewers import (
    answers,
    first_pictures,
    first_pictures_or_none,
    viewed,
)

pytestmark = pytest.mark.slow

BEST = EncodeOptions(quality=1)
FULL = 6 << 20
"""More bytes than the kernel keeps for a viewer."""


def test_viewers_come_and_go(served: tuple[str, Feeder]) -> None:
    url, feeder = served

    for _ in range(5):
        assert first_pictures(url) == 5

    feeder.goes_on_for(5)


def test_a_late_viewer_gets_a_picture_at_once(served: tuple[str, Feeder]) -> None:
    url, _ = served
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=(60, 60)) as early:
        next(early.decode(video=0))

        assert first_pictures(url, 1) == 1


def test_a_viewer_that_stops_reading_disturbs_nobody(
    served: tuple[str, Feeder],
) -> None:
    url, feeder = served
    with viewer_that_stops_reading(url, "video"):
        assert first_pictures(url, 8 * RATE) == 8 * RATE
        assert first_pictures(url) == 5
        feeder.goes_on_for(RATE)


def test_a_frozen_viewer_whose_buffers_are_full_locks_nobody_out(
    gstreamer: None, feed: type[Feeder]
) -> None:
    """Without a cut GStreamer's server would wait for him for ever."""
    place = f"127.0.0.1:{free_port()}/clean"
    feeder = feed(open_live_sink(f"serve://{place}", encode=BEST), size=(320, 192))
    child = feeder.sink.outputs[0]
    eventually(lambda: child.status.connected)
    frozen = viewed(f"rtsp://{place}")
    eventually(lambda: child.status.viewers == 1)

    filled = child.status.bytes_sent + FULL
    eventually(lambda: child.status.bytes_sent > filled)
    eventually(lambda: child.status.viewers == 0)

    for count in (1, 2, 3):
        late = viewed(f"rtsp://{place}")
        eventually(lambda: child.status.viewers == 1)
        late.close()
        eventually(lambda: child.status.viewers == 0, what=f"viewer {count} has left")
    frozen.close()
    assert child.status.replaced == 0


def test_more_viewers_than_are_allowed_are_sent_away(
    gstreamer: None, feed: type[Feeder]
) -> None:
    place = f"127.0.0.1:{free_port()}/clean"
    feeder = feed(open_live_sink(f"serve://{place}"))
    child = feeder.sink.outputs[0]
    eventually(lambda: child.status.connected)

    viewers = [RtspClient(f"rtsp://{place}", seconds=30) for _ in range(MOST_VIEWERS)]
    for viewer in viewers:
        viewer.ask("OPTIONS")
    one_more = RtspClient(f"rtsp://{place}", seconds=30)
    with closing(one_more), pytest.raises(OSError, match=r"closed|reset"):
        one_more.ask("OPTIONS")
    viewers.pop().close()

    eventually(lambda: answers(f"rtsp://{place}"))
    for viewer in viewers:
        viewer.close()


def test_a_server_that_shows_nobody_anything_is_replaced(
    gstreamer: None, feed: type[Feeder]
) -> None:
    """The check looks at a port where nobody shows anything, as a blind server does."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        blind = f"rtsp://127.0.0.1:{silent.getsockname()[1]}/clean"
        sink = open_live_sink(f"serve://127.0.0.1:{free_port()}/clean")
        child = sink.outputs[0]
        assert isinstance(child, ServedStream)
        check = ViewCheck(partial(RtspClient, blind, seconds=5), every_seconds=0.1)
        child.check = check
        feed(sink)

        eventually(lambda: child.replaced >= 1)
        assert child.error == "viewers get no picture"


def test_a_killed_server_child_is_replaced(served: tuple[str, Feeder]) -> None:
    url, _ = served
    [child] = children("worker/rtsp_server")

    os.kill(child, signal.SIGKILL)

    eventually(lambda: first_pictures_or_none(url))
