import time
import tracemalloc
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from threading import Event, Thread

import pytest

from sinks import SinkError, open_sink
from sinks.null import NullSink
from sources import Frame, SourceError, StreamInfo, open_source
from sources.frame import Colour, RgbArray
from streamer.pipeline.file import Pipeline
from tests.conftest import Clip, MakeClip, picture_of
from tests.support.fakes import FakePending, PassThrough
from tests.support.probe import look_at


class Drawn:
    """A source of drawn frames that fails, or blocks for ever, at a given one."""

    def __init__(
        self, *, fails_at: int | None = None, blocks_at: int | None = None
    ) -> None:
        self.info = StreamInfo(
            width=64,
            height=48,
            pixel_format="yuv420p",
            time_base=Fraction(1, 25),
            colour=Colour(),
        )
        self.released = Event()
        self._fails_at, self._blocks_at = fails_at, blocks_at

    def __iter__(self) -> Iterator[Frame]:
        for index in range(200):
            if index == self._fails_at:
                raise SourceError("the camera was unplugged")
            if index == self._blocks_at:
                self.released.wait()
            yield Frame(
                picture=picture_of(Clip(), index),
                index=index,
                pts=index,
                time_base=Fraction(1, 25),
                colour=Colour(),
                arrived_ns=time.monotonic_ns(),
            )

    def close(self) -> None:
        self.released.set()


class FailingNetwork(PassThrough):
    """Fails at the tenth picture."""

    def start(self, picture: object, out: object) -> FakePending:
        self.pictures += 1
        if self.pictures == 10:
            return FakePending(_out_of_memory)
        return FakePending(lambda: None)


def _out_of_memory() -> None:
    raise RuntimeError("the device has no memory left")


class FailingSink:
    """Fails at the tenth frame."""

    encoder = "none"
    audio_packets = 0
    fixed_size = False

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


def seconds_to_fail(pipeline: Pipeline, kind: type[Exception], text: str) -> float:
    begun = time.monotonic()
    with pytest.raises(kind, match=text):
        pipeline.run()
    return time.monotonic() - begun


def test_a_error_of_the_source_ends_the_run_and_completes_the_file(
    tmp_path: Path,
) -> None:
    sink = open_sink(str(tmp_path / "out.mp4"))
    pipeline = Pipeline(Drawn(fails_at=50), PassThrough(), sink)

    seconds = seconds_to_fail(pipeline, SourceError, "unplugged")

    assert seconds < 2
    assert len(look_at(tmp_path / "out.mp4").times) >= 40


def test_a_error_of_the_network_ends_the_run_and_completes_the_file(
    tmp_path: Path,
) -> None:
    sink = open_sink(str(tmp_path / "out.mp4"))
    pipeline = Pipeline(Drawn(), FailingNetwork(), sink)

    seconds = seconds_to_fail(pipeline, RuntimeError, "no memory left")

    assert seconds < 2
    assert len(look_at(tmp_path / "out.mp4").times) >= 5


def test_a_error_of_the_sink_ends_the_run_and_says_how_far_it_came() -> None:
    sink = FailingSink()
    pipeline = Pipeline(Drawn(), PassThrough(), sink)

    seconds = seconds_to_fail(pipeline, SinkError, "disk is full; 9 frames came before")

    assert seconds < 2
    assert sink.closed
    assert not sink.finished


def test_a_error_is_not_kept_waiting_by_a_source_that_blocks() -> None:
    source = Drawn(blocks_at=10)
    pipeline = Pipeline(source, FailingNetwork(), FailingSink())

    seconds = seconds_to_fail(pipeline, RuntimeError, "no memory left")
    source.close()

    assert seconds < 2


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
    enough.wait(10)
    pipeline.stop()
    run.join(5)
    source.close()

    assert not run.is_alive()
    report = pipeline.report("camera", "out.mp4")
    assert report.interrupted
    assert len(look_at(tmp_path / "out.mp4").times) == report.frames_out >= 20


class Watched(Drawn):
    """Says when each frame has been decoded."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.decoded = [Event() for _ in range(count)]

    def __iter__(self) -> Iterator[Frame]:
        for frame, decoded in zip(super().__iter__(), self.decoded, strict=False):
            decoded.set()
            yield frame


class NeedsDecoding(PassThrough):
    """Finishes a picture only when the next frame has been decoded meanwhile."""

    def __init__(self, decoded: list[Event]) -> None:
        super().__init__(slots=1)
        self._decoded = [*decoded, decoded[-1]]
        self.overlapped: list[bool] = []

    def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
        self.pictures += 1
        following = self._decoded[self.pictures]
        return FakePending(lambda: self.overlapped.append(following.wait(10)))


class NeedsNetwork(NullSink):
    """Finishes a frame only when the network has begun the next but one meanwhile."""

    def __init__(self, network: PassThrough, count: int) -> None:
        super().__init__()
        self._network, self._count = network, count
        self.overlapped: list[bool] = []

    def write(self, frame: Frame) -> None:
        wanted = min(frame.index + 2, self._count)
        deadline = time.monotonic() + 10
        while self._network.pictures < wanted and time.monotonic() < deadline:
            time.sleep(0)
        self.overlapped.append(self._network.pictures >= wanted)


def test_decoding_goes_on_while_the_network_works() -> None:
    source = Watched(10)
    network = NeedsDecoding(source.decoded)

    Pipeline(source, network, open_sink("null:")).run()

    assert network.overlapped == [True] * 10


def test_the_network_works_on_while_a_frame_is_encoded() -> None:
    network = PassThrough(slots=1)
    sink = NeedsNetwork(network, 10)

    Pipeline(Watched(10), network, sink).run()

    assert sink.overlapped == [True] * 10


@pytest.mark.slow
@pytest.mark.parametrize("compare", [False, True])
def test_no_picture_sized_memory_is_allocated_for_each_frame(
    make_clip: MakeClip, compare: bool
) -> None:
    source = open_source(str(make_clip(frames=60, size=(320, 240))))
    picture_bytes = 320 * 240 * 3
    peaks: list[int] = []

    def watch(frames: int) -> None:
        if frames == 20:
            tracemalloc.start()
        if frames == 25:
            tracemalloc.reset_peak()
        if frames == 55:
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()

    Pipeline(
        source, PassThrough(), open_sink("null:"), compare=compare, on_frame=watch
    ).run()
    source.close()

    assert peaks[0] < picture_bytes / 2


@pytest.mark.slow
def test_percentiles_and_fps_are_in_the_report(make_clip: MakeClip) -> None:
    source = open_source(str(make_clip(frames=10)))
    pipeline = Pipeline(source, PassThrough(seconds=0.002), open_sink("null:"))

    pipeline.run()
    report = pipeline.report("clip.mp4", "null:", measure_alone=True)
    source.close()

    assert report.stages["network"].p50_ms >= 2
    assert report.model_only_fps is not None
    assert report.fps > 0
    assert report.latency_ms.p99_ms >= report.latency_ms.p50_ms > 0
