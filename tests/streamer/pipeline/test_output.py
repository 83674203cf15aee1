"""Results on their way into a sink: what is stored, and what is said of it."""

from dataclasses import replace
from typing import Any

import av
import numpy as np

from sinks.null import NullSink
from sources.frame import Colour, Frame, StreamInfo
from streamer.pipeline.buffers import Slot
from streamer.pipeline.output import OutputStage
from streamer.pipeline.submit import Launcher
from tests.support.fakes import FakePending, HandClock, PassThrough
from tests.support.media.drawn_source import Drawn


class Keeping(NullSink):
    """Keeps what it is given."""

    def __init__(self, *, fixed_size: bool = True) -> None:
        super().__init__()
        self.fixed_size = fixed_size
        self.begun: list[StreamInfo] = []
        self.frames: list[Frame] = []

    def begin(self, stream: StreamInfo) -> str:
        self.begun.append(stream)
        return "yuv420p"

    def write(self, frame: Frame) -> None:
        self.frames.append(frame)


class NoRain(PassThrough):
    """Finds no rain in any picture."""

    def _fill(self, picture: Any, out: Any) -> None:
        out[...] = 0

    def start(self, picture: Any, out: Any) -> FakePending:
        pending = super().start(picture, out)
        pending.untouched, pending.coverage = True, 0.25
        return pending


def a_frame(**changes: Any) -> Frame:
    return replace(next(iter(Drawn())), **changes)


def scaled(width: int, height: int) -> av.VideoFrame:
    return a_frame().picture.reformat(width, height)


class Stage:
    """An output stage, and the way to it."""

    def __init__(self, sink: Keeping, network: PassThrough | None = None) -> None:
        clock = HandClock()
        self.launcher = Launcher(network or PassThrough(), clock)
        self.told: list[int] = []
        self.output = OutputStage(
            sink, Drawn(), compare=False, on_frame=self.told.append, now_ns=clock
        )

    def take(self, *frames: Frame) -> OutputStage:
        for frame in frames:
            flight = self.launcher.start(frame, Slot())
            flight.pending.wait()
            self.output.take(flight)
        return self.output


def test_the_sink_is_begun_with_the_first_frame_and_each_is_counted() -> None:
    sink, first = Keeping(), a_frame(rotation=90, mirrored=True)
    stage = Stage(sink)
    assert sink.begun == []

    output = stage.take(first, first)

    [stream] = sink.begun
    assert (stream.width, stream.height, stream.rotation) == (64, 48, 90)
    assert stream.mirrored
    assert (output.frames_out, output.width, output.height) == (2, 64, 48)
    assert stage.told == [1, 2]
    assert output.notes == []


def test_a_frame_keeps_how_long_it_is_shown() -> None:
    sink, frame = Keeping(), a_frame()
    frame.picture.duration = 7

    Stage(sink).take(frame)

    assert sink.frames[0].picture.duration == 7


def test_a_picture_without_rain_is_the_decoded_one_itself() -> None:
    sink, frame = Keeping(), a_frame()

    output = Stage(sink, NoRain()).take(frame)

    assert sink.frames[0].picture is frame.picture
    assert (output.frames_untouched, output.coverage) == (1, 0.25)


def test_three_changes_of_size_are_told_and_all_scaled() -> None:
    sink = Keeping()
    sizes = [(64, 48), (32, 24), (64, 48), (80, 60), (64, 48), (32, 24)]

    output = Stage(sink).take(*(a_frame(picture=scaled(*size)) for size in sizes))

    assert {(f.picture.width, f.picture.height) for f in sink.frames} == {(64, 48)}
    assert output.notes == [
        "the picture size changes to 32x24 at frame 0; scaled to 64x48",
        "the picture size changes to 64x48 at frame 0; scaled to 64x48",
        "the picture size changes to 80x60 at frame 0; scaled to 64x48",
    ]


def test_a_sink_of_single_pictures_takes_every_size() -> None:
    sink = Keeping(fixed_size=False)

    output = Stage(sink).take(a_frame(), a_frame(picture=scaled(32, 24)))

    assert [f.picture.width for f in sink.frames] == [64, 32]
    assert output.notes == []


def test_a_change_of_the_colours_is_told_once() -> None:
    other = Colour(matrix=1, full_range=2)

    output = Stage(Keeping()).take(
        a_frame(),
        a_frame(colour=other, index=4),
        a_frame(),
        a_frame(colour=other, index=9),
    )

    [note] = output.notes
    assert "matrix or range of the colours change at frame 4" in note


def test_transparency_that_is_not_kept_is_told_once() -> None:
    pixels = np.full((48, 64, 4), 100, np.uint8)
    clear = av.VideoFrame.from_ndarray(pixels, format="rgba")
    sink = Keeping()

    output = Stage(sink).take(*[a_frame(picture=clear)] * 2)

    assert output.notes == ["the transparency of the source is left out"]
    assert [frame.alpha for frame in sink.frames] == [None, None]
