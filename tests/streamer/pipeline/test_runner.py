"""Runs that end early: an error of any stage, and a stop."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest

from model.errors import CancelledError
from sinks import SinkError, open_sink
from sinks.errors import UndeliveredError
from sources import Frame, SourceError, StreamInfo
from streamer.pipeline.file import Pipeline
from tests.support.fakes import FakePending, PassThrough
from tests.support.media.drawn_source import Drawn
from tests.support.patience import PATIENCE_SECONDS
from tests.support.probe import look_at


class FailingNetwork(PassThrough):
    """Fails at the tenth picture."""

    def start(self, picture: object, out: object) -> FakePending:
        self.pictures += 1
        if self.pictures == 10:
            return FakePending(_out_of_memory)
        return FakePending(lambda: None)


class InTiles(PassThrough):
    """Takes for ever with a picture, until it is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self._cancelled = Event(), Event()

    def start(self, picture: object, out: object) -> FakePending:
        self.begun.set()
        return FakePending(self._until_cancelled)

    def _until_cancelled(self) -> None:
        assert self._cancelled.wait(PATIENCE_SECONDS)
        raise CancelledError("given up")

    def cancel(self) -> None:
        self._cancelled.set()


def _out_of_memory() -> None:
    raise RuntimeError("the device has no memory left")


class FailingSink:
    """Fails at the tenth frame."""

    encoder = "none"
    audio_packets = 0
    fixed_size = False
    carries_alpha = False

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.frames = 0
        self.finished = self.closed = False

    def begin(self, stream: StreamInfo) -> str:
        return ""

    def write(self, frame: Frame) -> None:
        self.frames += 1
        if self.frames == 10:
            raise SinkError("the disk is full")

    def finish(self, *, whole: bool) -> None:
        self.finished = True

    def close(self) -> None:
        self.closed = True


class LosingSink(FailingSink):
    """Takes all frames, of which some do not arrive; `begun` when one came."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = Event()

    def write(self, frame: Frame) -> None:
        self.begun.set()

    def finish(self, *, whole: bool) -> None:
        raise UndeliveredError("x: 2 of 5 packets did not arrive")


def must_fail(pipeline: Pipeline, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        pipeline.run()


def test_an_error_of_the_source_ends_the_run_and_completes_the_file(
    tmp_path: Path,
) -> None:
    sink = open_sink(str(tmp_path / "out.mp4"))
    pipeline = Pipeline(Drawn(fails_at=50), PassThrough(), sink)

    must_fail(pipeline, SourceError, "unplugged")

    assert len(look_at(tmp_path / "out.mp4").times) >= 40


def test_an_error_of_the_network_ends_the_run_and_completes_the_file(
    tmp_path: Path,
) -> None:
    sink = open_sink(str(tmp_path / "out.mp4"))
    pipeline = Pipeline(Drawn(), FailingNetwork(), sink)

    must_fail(pipeline, RuntimeError, "no memory left")

    assert len(look_at(tmp_path / "out.mp4").times) >= 5


def test_an_error_of_the_sink_ends_the_run_and_says_how_far_it_came() -> None:
    sink = FailingSink()
    pipeline = Pipeline(Drawn(), PassThrough(), sink)

    must_fail(pipeline, SinkError, "disk is full; 9 frames came before")

    assert sink.closed
    assert not sink.finished


def test_an_error_is_not_kept_waiting_by_a_source_that_blocks() -> None:
    source = Drawn(blocks_at=10)
    pipeline = Pipeline(source, FailingNetwork(), FailingSink())

    must_fail(pipeline, RuntimeError, "no memory left")
    source.close()


def test_a_stop_completes_the_output_even_if_the_source_blocks(
    tmp_path: Path,
) -> None:
    source = Drawn(blocks_at=30)
    sink = open_sink(str(tmp_path / "out.mp4"))
    pipeline = Pipeline(source, PassThrough(slots=1), sink, on_frame=lambda n: seen(n))
    enough = Event()

    def seen(frames: int) -> None:
        if frames >= 20:
            enough.set()

    run = Thread(target=pipeline.run)
    run.start()
    enough.wait(PATIENCE_SECONDS)
    pipeline.stop()
    run.join(PATIENCE_SECONDS)
    source.close()

    assert not run.is_alive()
    report = pipeline.report("camera", "out.mp4")
    assert report.interrupted
    assert len(look_at(tmp_path / "out.mp4").times) == report.frames_out >= 20


def test_a_stop_gives_up_a_picture_in_tiles_and_is_no_error(tmp_path: Path) -> None:
    sink = open_sink(str(tmp_path / "out.mp4"))
    network = InTiles()
    pipeline = Pipeline(Drawn(), network, sink)
    running = Thread(target=pipeline.run)

    running.start()
    assert network.begun.wait(PATIENCE_SECONDS)
    pipeline.stop()
    running.join(PATIENCE_SECONDS)

    assert not running.is_alive()
    assert pipeline.report("in", "out").frames_out == 0


def test_what_was_on_its_way_at_a_stop_is_told_and_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source, sink = Drawn(blocks_at=10), LosingSink()
    pipeline = Pipeline(source, PassThrough(), sink)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(pipeline.run)
        assert sink.begun.wait(PATIENCE_SECONDS)
        pipeline.stop()
        assert running.exception(PATIENCE_SECONDS) is None
        source.close()

    assert pipeline.report("in", "out").interrupted
    assert "2 of 5 packets did not arrive" in caplog.text


def test_without_a_stop_what_did_not_arrive_is_an_error() -> None:
    pipeline = Pipeline(Drawn(), PassThrough(), LosingSink(), max_frames=3)

    must_fail(pipeline, SinkError, "2 of 5 packets did not arrive")
