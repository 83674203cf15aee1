"""Pictures of every layout as planes: which samples, where chroma lies, which tags."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from sinks import open_sink
from sources import open_source
from sources.colour import conversion_for
from sources.frame import Colour, Frame
from streamer.pipeline.buffers import Slot
from streamer.pipeline.file import Pipeline
from streamer.pipeline.gpu import planes as picture_planes
from streamer.pipeline.submit import Launcher
from tests.conftest import Clip, MakeClip, picture_of
from tests.support.fakes import HandClock
from tests.support.media.planes import _luma
from tests.support.networks.on_device import OnDevice


def test_more_chroma_than_kernels_know_comes_as_pixels(make_clip: MakeClip) -> None:
    for parts in ({"pixel_format": "yuv444p"}, {"pixel_format": "yuv422p"}):
        network = OnDevice()

        Pipeline(
            open_source(str(make_clip(**parts))), network, open_sink("null:")
        ).run()

        assert (network.as_planes, network.as_pixels) == (0, 12)


@pytest.mark.parametrize(
    ("name", "full_range", "place"),
    list(
        itertools.product(("yuv420p", "nv12", "yuv420p10le", "p010le"), (1, 2), (0, 2))
    ),
)
def test_every_layout_gives_the_planes_it_holds(
    name: str, full_range: int, place: int
) -> None:
    planar = "yuv420p10le" if "10" in name else "yuv420p"
    plain = picture_of(Clip(pixel_format=planar), 3)
    colour = Colour(matrix=1, full_range=full_range, chroma_location=place)
    picture = plain if name == planar else plain.reformat(format=name)

    form = picture_planes.form_of(
        picture, conversion_for(colour, picture.height), colour.chroma_location
    )
    held = picture_planes.planes_of(picture)

    assert form is not None
    expected = picture_planes.planes_of(plain)
    for part in ("luma", "cb", "cr"):
        codes = getattr(held, part) >> form.shift
        assert np.array_equal(codes, getattr(expected, part)), part


@pytest.mark.parametrize(
    ("codec", "name", "phase"),
    [("libx264", "clip.mp4", (0, 1)), ("mjpeg", "clip.avi", (1, 1))],
)
def test_full_range_chroma_lies_where_the_codec_puts_it_however_it_is_decoded(
    make_clip: MakeClip, codec: str, name: str, phase: tuple[int, int]
) -> None:
    clip = make_clip(name, codec=codec, pixel_format="yuvj420p", full_range=2, frames=1)
    frame = next(iter(open_source(str(clip))))
    assert frame.picture.format.name == "yuvj420p"
    how = conversion_for(frame.colour, 48)

    forms = [
        picture_planes.form_of(picture, how, frame.colour.chroma_location)
        for picture in (frame.picture, frame.picture.reformat(format="nv12"))
    ]

    assert [form.phase for form in forms if form] == [phase, phase]


def test_a_frame_started_as_planes_keeps_its_tags() -> None:
    network, clock = OnDevice(), HandClock()
    picture = picture_of(Clip(), 0)
    picture.colorspace, picture.color_range = 1, 1
    frame = Frame(
        picture=picture,
        index=0,
        pts=0,
        time_base=Fraction(1, 25),
        colour=Colour(matrix=1, full_range=1),
    )

    flight = Launcher(network, clock, planes=True).start(frame, Slot())
    flight.pending.wait()

    assert flight.made is not None
    assert (flight.made.colorspace, flight.made.color_range) == (1, 1)
    assert np.abs(_luma(flight.made) - _luma(picture)).max() <= 1
