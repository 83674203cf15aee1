import time
import tracemalloc
from collections.abc import Iterator
from threading import Event

import pytest

from sinks import open_sink
from sinks.null import NullSink
from sources import Frame, open_source
from sources.frame import RgbArray
from streamer.pipeline.file import Pipeline
from tests.conftest import MakeClip
from tests.support.fakes import FakePending, PassThrough
from tests.support.media.drawn_source import Drawn
from tests.support.patience import PATIENCE_SECONDS


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
        return FakePending(
            lambda: self.overlapped.append(following.wait(PATIENCE_SECONDS))
        )


class NeedsNetwork(NullSink):
    """Finishes a frame only when the network has begun the next but one meanwhile."""

    def __init__(self, network: PassThrough, count: int) -> None:
        super().__init__()
        self._network, self._count = network, count
        self.overlapped: list[bool] = []

    def write(self, frame: Frame) -> None:
        wanted = min(frame.index + 2, self._count)
        deadline = time.monotonic() + PATIENCE_SECONDS
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
