"""Viewers of what is served: one that looks, one that asks, one that stands by."""

from contextlib import closing
from itertools import islice

import av

from sinks.live.worker.rtsp_client.client import RtspClient
from sources.live.opener import open_live
from tests.support.servers.peers import PATIENCE_SECONDS


def first_pictures(url: str, count: int = 5) -> int:
    with closing(open_live(url)) as stream:
        return len(list(islice(stream, count)))


def viewed(url: str) -> RtspClient:
    """Returns a viewer who has got a packet, and reads on only when he is asked to."""
    viewer = RtspClient(url, seconds=PATIENCE_SECONDS, receive_buffer=4096)
    viewer.play()
    viewer.packet()
    return viewer


def answers(url: str) -> bool:
    client = RtspClient(url, seconds=30)
    try:
        return client.ask("OPTIONS").status == 200
    except OSError:
        return False
    finally:
        client.close()


def first_pictures_or_none(url: str) -> bool:
    try:
        with av.open(
            url, options={"rtsp_transport": "tcp"}, timeout=(10, 10)
        ) as stream:
            return next(stream.decode(video=0)) is not None
    except (av.FFmpegError, StopIteration):
        return False
