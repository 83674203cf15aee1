"""A live run without a camera; those with real ones are in `tests/live`."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from model.temporal.stream import TemporalStream
from sinks.errors import SinkError
from sinks.live.sink import LiveSink
from sinks.live.tap import PacketTap
from sinks.null import NullSink
from sources import Frame, SourceError, StreamInfo
from streamer.errors import StreamerError
from streamer.live.pipeline import LivePipeline
from streamer.settings import LiveOptions
from tests.support.fakes import PassThrough
from tests.support.media.drawn_source import Drawn


class Camera:
    """Gives drawn frames, each once the one before has left; then it ends or fails."""

    def __init__(self, count: int, *, fails: bool = False) -> None:
        self._drawn, self._count, self._fails = Drawn(), count, fails
        self.left = -1
        self.closed = False

    @property
    def info(self) -> StreamInfo:
        return replace(self._drawn.info, live=True)

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._drawn:
            if frame.index == self._count:
                break
            while self.left < frame.index - 1 and not self.closed:
                time.sleep(0)
            yield replace(frame, arrived_ns=time.monotonic_ns())
        if self._fails:
            raise SourceError("the camera was unplugged")

    def close(self) -> None:
        self.closed = True


class Telling(NullSink):
    """Tells the camera which frame has left."""

    def __init__(self, camera: Camera) -> None:
        super().__init__()
        self.camera, self.written = camera, 0

    def write(self, frame: Frame) -> None:
        self.written += 1
        self.camera.left = frame.index


def a_run(camera: Camera, **options: object) -> tuple[LivePipeline, Telling]:
    sink = Telling(camera)
    live = LiveOptions(max_latency=600_000)  # no frame is late, however slow it is here
    pipeline = LivePipeline(camera, PassThrough(), sink, live=live, **options)  # type: ignore[arg-type] # a test names them
    return pipeline, sink


def test_every_frame_that_comes_alone_leaves_and_the_end_ends_the_run() -> None:
    camera = Camera(12)
    pipeline, sink = a_run(camera)

    pipeline.run()

    report = pipeline.report("camera", "null:")
    assert (report.frames_in, report.frames_out, sink.written) == (12, 12, 12)
    assert not report.interrupted
    assert camera.closed
    assert pipeline.snapshot().frames_out == 12


def test_a_run_ends_after_as_many_frames_as_were_asked_for() -> None:
    pipeline, sink = a_run(Camera(100), max_frames=5)

    pipeline.run()

    assert sink.written == pipeline.report("camera", "null:").frames_out == 5


def test_a_stop_ends_the_run_in_order() -> None:
    told: list[int] = []

    def seen(frames: int) -> None:
        told.append(frames)
        if frames == 3:
            pipeline.stop()

    camera = Camera(100)
    pipeline, sink = a_run(camera, on_frame=seen)

    pipeline.run()

    report = pipeline.report("camera", "null:")
    assert report.interrupted
    assert 3 <= report.frames_out == sink.written < 100
    assert camera.closed


def test_an_error_of_the_source_is_raised() -> None:
    camera = Camera(5, fails=True)
    pipeline, _ = a_run(camera)

    with pytest.raises(SourceError, match="unplugged"):
        pipeline.run()

    assert camera.closed


def test_an_error_of_the_sink_ends_the_run() -> None:
    class Full(Telling):
        def write(self, frame: Frame) -> None:
            raise SinkError("the disk is full")

    camera = Camera(100)
    pipeline = LivePipeline(camera, PassThrough(), Full(camera))

    with pytest.raises(SinkError, match="the disk is full"):
        pipeline.run()

    assert camera.closed


def test_a_live_run_refuses_to_wait_for_later_frames() -> None:
    network = TemporalStream(PassThrough(), temporal="centred")

    with pytest.raises(StreamerError, match="causal looks at earlier ones only"):
        LivePipeline(Camera(1), network, NullSink())


def test_only_what_is_encoded_for_viewers_can_be_tapped() -> None:
    tap, live = PacketTap(), LiveSink([])

    LivePipeline(Camera(1), PassThrough(), live).tap_video(tap)
    LivePipeline(Camera(1), PassThrough(), NullSink()).tap_video(tap)

    assert live.tap is tap
