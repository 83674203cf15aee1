"""A camera of this machine that is unplugged and plugged in again.

The device is a pipe with H.264 in it: what a driver would do is left out, and all
behind the opened device is the real thing.
"""

import os
import threading
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest

from sinks.files.video import VideoFile
from sources.live.camera import open_camera
from sources.live.disconnect import Cause
from sources.live.reconnect import State
from streamer.live.pipeline import LivePipeline
from streamer.settings import LiveOptions
from tests.conftest import MakeClip
from tests.support.fakes import PassThrough
from tests.support.servers.peers import PATIENCE_SECONDS, eventually
from tests.support.viewing.reader import Reader

pytestmark = pytest.mark.slow

FRAMES = 30


class Socket:
    """Where a camera can be plugged in: a named pipe, fed from a film."""

    def __init__(self, device: Path, film: Path) -> None:
        self._device, self._film = device, film
        self._cable = -1

    def plug_in(self) -> None:
        """Makes the device, which gives its pictures and then nothing more."""
        os.mkfifo(self._device)
        Thread(target=self._feed, daemon=True).start()

    def _feed(self) -> None:
        self._cable = os.open(self._device, os.O_WRONLY)  # waits for the reader
        os.write(self._cable, self._film.read_bytes())

    def pull_out(self) -> None:
        self._device.unlink()
        os.close(self._cable)


@pytest.fixture
def socket(make_clip: MakeClip, tmp_path: Path) -> Socket:
    (tmp_path / "dev").mkdir()
    film = make_clip("film.ts", frames=FRAMES, rate=25)
    assert film.stat().st_size < 65_536  # what a pipe holds: no writer waits
    return Socket(tmp_path / "dev" / "video0", film)


def test_a_camera_that_was_unplugged_comes_back(
    socket: Socket, read: type[Reader], tmp_path: Path
) -> None:
    socket.plug_in()
    reader = read(open_camera(0, folder=tmp_path / "dev", driver="mpegts"))
    before = reader.frames(FRAMES - 5)

    socket.pull_out()
    eventually(lambda: reader.was(State.RECONNECTING, Cause.NOT_FOUND))
    socket.plug_in()
    after = reader.frames(FRAMES)
    socket.pull_out()

    assert reader.stream.link.reconnects == 1
    assert all(a.pts < b.pts for a, b in pairwise(before + after))
    assert reader.stream.info.decoder == "mpegts h264"
    assert all(frame.arrived_ns for frame in after)


def test_a_camera_whose_driver_hangs_is_given_up_until_it_goes_on(
    socket: Socket, read: type[Reader], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A read from a pipe without data hangs in the kernel as a driver would."""
    socket.plug_in()
    reader = read(open_camera(0, folder=tmp_path / "dev", driver="mpegts"))
    before = reader.frames(FRAMES - 5)

    eventually(lambda: reader.was(State.STALLED, Cause.STALLED))
    readers = [each for each in threading.enumerate() if each.name == "read camera:0"]
    assert len(readers) == 1  # it cannot be killed, and no other one follows it
    socket.pull_out()
    readers[0].join(PATIENCE_SECONDS)
    assert not readers[0].is_alive()
    socket.plug_in()
    after = reader.frames(FRAMES - 5)
    socket.pull_out()

    assert "camera:0 hangs" in caplog.text
    assert reader.stream.link.reconnects == 1
    assert all(a.pts < b.pts for a, b in pairwise(before + after))


@pytest.mark.parametrize("on_loss", ["hold", "end"])
def test_a_run_with_a_camera_that_hangs_is_unhealthy_and_obeys_on_loss(
    socket: Socket, tmp_path: Path, on_loss: str
) -> None:
    socket.plug_in()
    camera = open_camera(0, folder=tmp_path / "dev", driver="mpegts")
    file = VideoFile(tmp_path / "out.mkv")
    pipeline = LivePipeline(
        camera, PassThrough(), file, live=LiveOptions(on_loss=on_loss)
    )
    run = Thread(target=pipeline.run, daemon=True)
    run.start()

    eventually(lambda: pipeline.snapshot().is_fresh)  # its pictures come in a burst
    eventually(lambda: not pipeline.snapshot().is_fresh)
    assert not pipeline.snapshot().healthy
    if on_loss == "hold":
        eventually(lambda: pipeline.snapshot().state == "stalled")
        eventually(lambda: pipeline.snapshot().held > 2)
        pipeline.stop()
    run.join(PATIENCE_SECONDS)

    assert not run.is_alive()
    if on_loss == "end":
        problem = pipeline.report("camera:0", "out.mkv").problem
        assert problem.startswith("the source went away")
    socket.pull_out()
