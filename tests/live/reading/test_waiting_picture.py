"""What viewers of `serve://` see before the camera has sent a picture."""

from collections.abc import Iterator
from itertools import pairwise
from threading import Thread

import av
import numpy as np
import pytest

from sources.connect import ConnectOptions
from streamer.live.freeze import WAITING, drawn
from streamer.live.open import opened_live
from streamer.live.pipeline import LivePipeline
from tests.live.conftest import StartPeer
from tests.support.fakes import PassThrough
from tests.support.servers.peers import (
    PATIENCE_SECONDS,
    RtspPeer,
    eventually,
    free_port,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def camera(start_peer: StartPeer) -> RtspPeer:
    """One that is not there yet."""
    peer = start_peer("--audio", "aac")
    peer.kill()
    return peer


@pytest.fixture
def run(camera: RtspPeer) -> Iterator[str]:
    """A run that waits for the camera; gives the address for viewers."""
    place = f"127.0.0.1:{free_port()}/clean"
    with opened_live(
        camera.url(),
        f"serve://{place}",
        network=PassThrough,
        connect=ConnectOptions(wait=True),
    ) as pipeline:
        thread = Thread(target=pipeline.run, daemon=True)
        thread.start()
        eventually(lambda: listens(pipeline))
        yield f"rtsp://{place}"
        pipeline.stop()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def listens(pipeline: LivePipeline) -> bool:
    return pipeline.snapshot().outputs[0].connected


def test_a_viewer_who_is_there_before_the_camera_sees_that_it_is_waited_for(
    run: str, camera: RtspPeer
) -> None:
    before, after = (640, 360), (160, 96)
    seen: list[tuple[tuple[int, int], float]] = []
    with av.open(run, options={"rtsp_transport": "tcp"}, timeout=(60, 60)) as viewer:
        pictures = viewer.decode(video=0)
        first = next(pictures)
        camera.start()
        for picture in pictures:
            seen.append(((picture.width, picture.height), picture.time or 0.0))
            last = picture.to_ndarray(format="gray")
            if len(seen) > 20 and seen[-1][0] == after and shows_no_text(last):
                break

    shown = first.to_ndarray(format="gray").astype(int)
    wanted = drawn(*before, WAITING).to_ndarray(format="gray").astype(int)
    assert (first.width, first.height) == before
    assert np.abs(shown - wanted).mean() < 3
    assert {size for size, _ in seen} <= {before, after}
    assert all(a < b for (_, a), (_, b) in pairwise(seen))
    with av.open(run, options={"rtsp_transport": "tcp"}, timeout=(60, 60)) as late:
        assert (late.streams.video[0].width, late.streams.video[0].height) == after


def shows_no_text(luma: np.ndarray) -> bool:
    """The camera's background is black, that of the drawn picture is grey."""
    return float(np.median(luma)) < 30
