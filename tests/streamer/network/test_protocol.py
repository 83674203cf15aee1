"""Runs whose network remembers their stream: temporal step and rain gate."""

import time
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from model.temporal.stream import TemporalStream
from sinks.null import NullSink
from sources import Frame, StreamInfo
from sources.frame import Colour, RgbArray
from streamer.network.protocol import Network, for_one_stream
from streamer.network.rotated import upright
from streamer.pipeline.file import Pipeline
from tests.conftest import Clip, picture_of
from tests.support.fakes import FakePending, PassThrough

COUNT = 9


class Noise:
    """A source of grainy frames, in which the way to RGB and back would show."""

    def __init__(self, *, live: bool = False) -> None:
        self.info = StreamInfo(
            width=64,
            height=48,
            pixel_format="yuv420p",
            time_base=Fraction(1, 25),
            colour=Colour(),
            live=live,
        )

    def __iter__(self) -> Iterator[Frame]:
        rng = np.random.default_rng(1)
        for index in range(COUNT):
            picture = picture_of(Clip(), index)
            for plane in picture.planes:
                plane.update(rng.bytes(plane.buffer_size))
            yield Frame(
                picture=picture,
                index=index,
                pts=index,
                time_base=Fraction(1, 25),
                colour=Colour(),
                arrived_ns=time.monotonic_ns(),
            )

    def close(self) -> None: ...


class Keeping(NullSink):
    """Remembers the planes of what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.indices: list[int] = []
        self.planes: list[list[bytes]] = []

    def begin(self, stream: StreamInfo) -> str:
        return stream.pixel_format

    def write(self, frame: Frame) -> None:
        self.indices.append(frame.index)
        self.planes.append([bytes(plane) for plane in frame.picture.planes])


class Darkening(PassThrough):
    """A network that finds rain everywhere."""

    def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
        return FakePending(lambda: np.copyto(out, picture // 2))


def run(network: Network, **options: bool) -> tuple[Pipeline, Keeping]:
    sink = Keeping()
    pipeline = Pipeline(Noise(), network, sink, **options)  # type: ignore[arg-type]
    pipeline.run()
    return pipeline, sink


def as_decoded() -> list[list[bytes]]:
    return [[bytes(plane) for plane in frame.picture.planes] for frame in Noise()]


def test_frames_without_rain_are_stored_as_they_were_decoded() -> None:
    network = for_one_stream(PassThrough(), temporal="off", gate="auto", still=False)

    pipeline, sink = run(network)

    assert sink.planes == as_decoded()
    assert pipeline.report("a", "b").frames_untouched == COUNT


@pytest.mark.parametrize("temporal", ["causal", "centred"])
def test_the_temporal_step_keeps_the_frames_and_their_order(temporal: str) -> None:
    network = for_one_stream(PassThrough(), temporal=temporal, gate="auto", still=False)

    _, sink = run(network)

    assert sink.indices == list(range(COUNT))


@pytest.mark.parametrize("gate", ["auto", "off"])
@pytest.mark.parametrize("temporal", ["off", "causal"])
def test_a_stream_that_is_to_fit_gives_what_it_would_give_without(
    temporal: str, gate: str
) -> None:
    def found(*, fit: bool) -> list[list[bytes]]:
        network = for_one_stream(
            Darkening(), temporal=temporal, gate=gate, still=False, fit=fit
        )
        return run(network)[1].planes

    assert found(fit=True) == found(fit=False)


def test_frames_with_rain_are_not_stored_as_they_were_decoded() -> None:
    network = for_one_stream(Darkening(), temporal="off", gate="auto", still=False)

    pipeline, sink = run(network)

    assert pipeline.report("a", "b").frames_untouched == 0
    assert all(a != b for a, b in zip(sink.planes, as_decoded(), strict=True))


def test_the_comparison_shows_frames_without_rain_twice() -> None:
    network = for_one_stream(PassThrough(), temporal="off", gate="auto", still=False)

    pipeline, sink = run(network, compare=True)

    assert pipeline.report("a", "b").width == 128
    assert len(sink.planes) == COUNT


def test_a_network_without_memory_stays_itself() -> None:
    network = PassThrough()

    assert for_one_stream(network, temporal="off", gate="off", still=False) is network
    assert network.stateless() is network
    assert network.delay == 0


def test_a_turned_stream_keeps_its_memory() -> None:
    steady = for_one_stream(PassThrough(), temporal="off", gate="auto", still=False)

    pipeline, sink = run(upright(steady, 90))

    assert sink.planes == as_decoded()
    assert pipeline.report("a", "b").frames_untouched == COUNT
    centred = TemporalStream(PassThrough(), temporal="centred")
    assert upright(centred, 90).delay == 2
    assert upright(centred, 90).stateless().delay == 0


def test_what_is_measured_alone_is_the_network_without_its_memory() -> None:
    network = PassThrough()

    steady = for_one_stream(network, temporal="centred", gate="auto", still=False)

    assert steady.stateless() is network
    assert steady.delay == 2
