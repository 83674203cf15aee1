"""A disk that stalls holds up no live stream: neither its pictures nor other threads.

The disk is a named pipe that nobody empties for a while; its writer is held up in the
kernel, as it would be by a disk.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import av
import numpy as np
import pytest

from sinks.background_writer import BackgroundWriter
from sinks.errors import SinkError
from sinks.files.images import PictureFiles
from sinks.files.video import VideoFile
from sinks.live.recorder import Segments
from sinks.live.sink import LiveSink
from sinks.live.threaded_output import ThreadedOutput
from sinks.sink import Sink
from sources.frame import Frame
from tests.support.media.beats import INFO, RATE
from tests.support.patience import PATIENCE_SECONDS, eventually

SECONDS = 4


def noise(seconds: int) -> Iterator[Frame]:
    """Yields pictures that fill a pipe of 64 KB in a second."""
    rng = np.random.default_rng(1)
    for index in range(seconds * RATE):
        picture = av.VideoFrame(160, 96, "yuv420p")
        for plane in picture.planes:
            plane.update(rng.integers(16, 235, plane.buffer_size, np.uint8).tobytes())
        yield Frame(
            picture=picture,
            index=index,
            pts=index * 90_000 // RATE,
            time_base=INFO.time_base,
            colour=INFO.colour,
        )


class Drain:
    """The other end of the pipe: takes nothing before it is told to."""

    def __init__(self, pipe: Path, kept: Path, *, opens: bool = True) -> None:
        os.mkfifo(pipe)
        self.flows = Event()
        self._pipe, self._kept, self._opens = pipe, kept, opens
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        if not self._opens:
            self.flows.wait(PATIENCE_SECONDS)
        with self._pipe.open("rb") as end:
            self.flows.wait(PATIENCE_SECONDS)
            self._kept.write_bytes(end.read())

    def emptied(self) -> Path:
        self._thread.join(PATIENCE_SECONDS)
        return self._kept


def asleep(thread: Thread) -> bool:
    """Whether the kernel has the thread wait, as it does for a disk that stalls."""
    stat = Path(f"/proc/self/task/{thread.native_id}/stat").read_text(encoding="ascii")
    return stat.rpartition(") ")[2].startswith(("S", "D"))


def write(sink: Sink, frames: Iterator[Frame]) -> None:
    for frame in frames:
        sink.write(frame)


@pytest.mark.slow
def test_a_file_on_a_disk_that_stalls_gets_every_picture_afterwards(
    tmp_path: Path,
) -> None:
    pipe = tmp_path / "out.mkv"
    drain = Drain(pipe, tmp_path / "kept.mkv")
    sink = VideoFile(pipe)
    sink.begin(INFO)

    write(sink, noise(SECONDS))
    assert not drain.flows.is_set()  # every picture was taken while the disk stalled
    drain.flows.set()
    sink.finish(whole=False)

    assert sink.notes == []
    with av.open(str(drain.emptied())) as file:
        assert sum(1 for _ in file.decode(video=0)) == SECONDS * RATE


@pytest.mark.slow
def test_a_recording_that_is_opened_on_a_stalled_disk_stops_no_other_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "2026.mkv"
    drain = Drain(pipe, tmp_path / "kept.mkv", opens=False)
    record = Segments(f"{tmp_path}/%Y.mkv", seconds=60)
    monkeypatch.setattr("sinks.live.recorder.free_name", lambda *_: pipe)  # is there
    sink = LiveSink([ThreadedOutput(record)])
    sink.begin(INFO)

    write(sink, noise(SECONDS))
    closing = Thread(target=sink.close, daemon=True)
    closing.start()
    eventually(lambda: asleep(closing))
    assert closing.is_alive()  # and this thread is not held up with it
    drain.flows.set()

    with av.open(str(drain.emptied())) as file:
        assert sum(1 for _ in file.decode(video=0)) == SECONDS * RATE


def test_pictures_without_room_are_left_out_and_counted(tmp_path: Path) -> None:
    sink = VideoFile(tmp_path / "out.mkv")
    sink.begin(INFO)
    held, reached = Event(), Event()
    sink._disk = disk = BackgroundWriter("out.mkv", jobs=20)
    disk.do(reached.set)
    disk.do(lambda: held.wait(PATIENCE_SECONDS))
    reached.wait(PATIENCE_SECONDS)

    write(sink, noise(3))
    held.set()
    sink.finish(whole=False)

    assert disk.dropped > 10
    assert sink.notes == [
        f"{disk.dropped} pictures were left out: the disk is too slow"
    ]
    with av.open(str(tmp_path / "out.mkv")) as file:
        pictures = list(file.decode(video=0))
    assert len(pictures) == 3 * RATE - disk.dropped
    assert not any(picture.is_corrupt for picture in pictures)


def test_a_error_of_the_disk_is_told_with_the_next_picture_and_at_the_end() -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    disk = BackgroundWriter("out.mkv")
    disk.do(full)

    with pytest.raises(OSError, match="No space"):
        disk.finish()
    with pytest.raises(OSError, match="No space"):
        disk.has_room()


def test_a_disk_that_never_answers_is_given_up() -> None:
    held = Event()
    disk = BackgroundWriter("out.mkv", answer_seconds=0.05)
    disk.do(lambda: held.wait(PATIENCE_SECONDS))

    with pytest.raises(SinkError, match="does not answer"):
        disk.finish()
    held.set()


def test_picture_files_of_a_live_source_wait_for_no_disk(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "000000.png")
    sink = PictureFiles(tmp_path, folder=True)
    sink.begin(replace(INFO, pixel_format="rgb24"))
    frames = [
        replace(frame, picture=frame.picture.reformat(format="rgb24"))
        for frame in noise(1)
    ]

    write(sink, iter(frames))  # the first one waits for who reads it
    assert len(list(tmp_path.glob("*.png"))) == 1
    (tmp_path / "000000.png").read_bytes()
    sink.finish(whole=False)

    assert len(list(tmp_path.glob("*.png"))) == RATE
