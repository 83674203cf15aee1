"""A live run whose pictures stay where a GPU decoded them."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from sinks import open_sink
from sources.frame import Colour, Frame, StreamInfo
from streamer.live.letterbox import Letterbox
from streamer.live.pipeline import LivePipeline
from streamer.live.still import FROZEN_SECONDS, StillWatch
from streamer.pipeline.preview import PreviewTap
from tests.conftest import MakeClip
from tests.support.fakes import HandClock
from tests.support.networks.on_device import HeldByGpu, OnDevice


@pytest.fixture(autouse=True)
def nv12_counts_as_held_by_the_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (
        "streamer.pipeline.submit",
        "streamer.pipeline.preview",
        "streamer.live.still",
        "streamer.live.letterbox",
    ):
        monkeypatch.setattr(f"{module}.ON_DEVICE", "nv12")


class Camera(HeldByGpu):
    """A file that calls itself live."""

    @property
    def info(self) -> StreamInfo:
        return replace(self._file.info, live=True)

    def __iter__(self) -> Iterator[Frame]:
        for frame in super().__iter__():
            yield replace(frame, arrived_ns=time.monotonic_ns())


@pytest.mark.parametrize("compare", [False, True])
def test_live_pictures_go_to_the_network_as_the_gpu_holds_them(
    make_clip: MakeClip, compare: bool
) -> None:
    network, sink = OnDevice(), open_sink("null:")
    pipeline = LivePipeline(Camera(make_clip()), network, sink, compare=compare)
    tap = PreviewTap(lambda: None)
    pipeline.output.preview = tap

    with ExitStack() as looking:
        looking.enter_context(tap.watching())
        pipeline.run()
        pair = tap.take()

    assert network.as_pixels == 0
    assert network.as_planes == pipeline.output.frames_out > 0
    if not compare:
        assert pair is not None
        assert pair.before.format.name == pair.after.format.name == "yuv420p"


def frame(kind: str, level: int = 100) -> Frame:
    luma = np.full((96 * 3 // 2, 160), level, np.uint8)
    picture = av.VideoFrame.from_ndarray(luma, format="yuv420p").reformat(format=kind)
    return Frame(
        picture=picture, index=0, pts=0, time_base=Fraction(1, 25), colour=Colour()
    )


def test_a_picture_on_the_gpu_that_never_changes_is_noticed_as_any() -> None:
    for change, frozen in ((100, True), (140, False)):
        clock = HandClock()
        watch = StillWatch("camera", clock)

        for level in (100, 100, 100, change):
            watch.take(frame("nv12", level))
            clock.advance(seconds=FROZEN_SECONDS / 2)

        assert watch.frozen is frozen


def test_a_picture_of_another_size_comes_to_the_host_to_be_scaled() -> None:
    letterbox = Letterbox("camera", (80, 64))

    fitted = letterbox.fitted(frame("nv12"))

    assert fitted.picture.format.name == "yuv420p"
    assert (fitted.picture.width, fitted.picture.height) == (80, 64)
