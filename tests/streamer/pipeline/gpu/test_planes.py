"""The definition of the GPU's colours against libswscale, which converts on the CPU."""

import io
import itertools

import av
import numpy as np
import pytest

from model.backends.cuda.reference_kernels import (
    light_of_pixels,
    planes_of_rgb,
    rgb_of_planes,
)
from model.pictures.planes import PlaneForm, Planes
from sources.colour import FromRgb, ToRgb, conversion_for
from sources.frame import Colour, RgbArray

LIMITED, FULL = 1, 2
CASES = list(
    itertools.product(
        (1, 4, 5, 7, 9),
        (LIMITED, FULL),
        ("yuv420p", "yuv420p10le"),
        (1, 2, 3, 4, 5, 6),
    )
)


def noisy_picture(pixel_format: str, chroma_location: int) -> av.VideoFrame:
    """Returns a decoded picture; only a decoder tells PyAV's frames the chroma's place.

    Stored without loss, and with sides that are no multiple of the network's.
    """
    data = io.BytesIO()
    unit = 4 if "10" in pixel_format else 1
    kind = np.uint16 if unit == 4 else np.uint8
    rng = np.random.default_rng(3)
    with av.open(data, "w", format="matroska") as output:
        options = {"qp": "0", "x264-params": f"chromaloc={chroma_location - 1}"}
        stream = output.add_stream("libx264", rate=25, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 66, 50, pixel_format
        frame = av.VideoFrame(66, 50, pixel_format)
        for number, plane in enumerate(frame.planes):
            columns = plane.line_size // np.dtype(kind).itemsize
            slope = np.linspace(-30, 30, columns)[None] * (-1) ** number
            slope = slope + np.linspace(-20, 20, plane.height)[:, None]
            noise = rng.normal(0, 15, (plane.height, columns))
            level = np.clip(128 + slope + noise, 16, 235) * unit
            plane.update(level.astype(kind).tobytes())
        frame.pts = 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with av.open(io.BytesIO(data.getvalue()), "r") as container:
        return next(container.decode(video=0))


def planes_in(frame: av.VideoFrame) -> Planes:
    kind = np.uint16 if "10" in frame.format.name else np.uint8
    luma, cb, cr = (
        np.frombuffer(memoryview(part), kind).reshape(part.height, -1)[:, : part.width]
        for part in frame.planes
    )
    return Planes(luma=luma, cb=cb, cr=cr)


def form_of(
    matrix: int, full_range: int, pixel_format: str, chroma_location: int
) -> PlaneForm:
    return PlaneForm(
        matrix=matrix,
        full_range=full_range == FULL,
        depth=10 if "10" in pixel_format else 8,
        chroma_location=chroma_location,
    )


@pytest.mark.parametrize(("matrix", "full_range", "pixel_format", "place"), CASES)
def test_both_directions_are_within_two_levels_of_libswscale(
    matrix: int, full_range: int, pixel_format: str, place: int
) -> None:
    frame = noisy_picture(pixel_format, place)
    form = form_of(matrix, full_range, pixel_format, place)
    colour = Colour(matrix=matrix, full_range=full_range)
    deep = form.depth > 8
    rgb: RgbArray = np.zeros((50, 66, 3), "u2" if deep else "u1")

    carrier = ToRgb()(frame, conversion_for(colour, frame.height), rgb)
    back = planes_in(FromRgb(pixel_format, None, colour)(rgb, carrier))

    light = rgb_of_planes(planes_in(frame), form)
    peak = 65535 if deep else 255
    assert np.abs(light.transpose(1, 2, 0) - rgb / peak).max() < 2 / 255
    ours = Planes(**{n: np.zeros_like(getattr(back, n)) for n in _NAMES})
    planes_of_rgb(light_of_pixels(rgb, (50, 66)), form, ours)
    for name in _NAMES:
        apart = getattr(ours, name).astype(int) - getattr(back, name)
        assert np.abs(apart).max() <= 2 << (form.depth - 8), name


_NAMES = ("luma", "cb", "cr")


@pytest.mark.parametrize("place", range(7))
@pytest.mark.parametrize("full_range", [LIMITED, FULL])
def test_a_grey_ramp_comes_back_as_it_was(full_range: int, place: int) -> None:
    form = form_of(1, full_range, "yuv420p", place)
    low, high = (16, 235) if full_range == LIMITED else (0, 255)
    luma = np.tile(np.linspace(low, high, 64).round().astype(np.uint8), (16, 1))
    grey = np.full((8, 32), 128, np.uint8)
    out = Planes(luma=luma * 0, cb=grey * 0, cr=grey * 0)

    planes_of_rgb(rgb_of_planes(Planes(luma=luma, cb=grey, cr=grey), form), form, out)

    assert np.array_equal(out.luma, luma)
    assert np.array_equal(out.cb, grey)
    assert np.array_equal(out.cr, grey)


def test_p010_holds_the_same_picture_six_bits_higher() -> None:
    low = planes_in(noisy_picture("yuv420p10le", 1))
    high = Planes(luma=low.luma << 6, cb=low.cb << 6, cr=low.cr << 6)
    plain = form_of(9, LIMITED, "yuv420p10le", 1)
    p010 = PlaneForm(matrix=9, full_range=False, depth=10, shift=6, chroma_location=1)

    assert np.array_equal(rgb_of_planes(low, plain), rgb_of_planes(high, p010))


def test_padding_reflects_the_right_and_lower_edge() -> None:
    planes = planes_in(noisy_picture("yuv420p", 1))
    form = form_of(5, LIMITED, "yuv420p", 1)

    padded = rgb_of_planes(planes, form, (56, 72))

    alone = rgb_of_planes(planes, form)
    assert np.array_equal(padded, np.pad(alone, ((0, 0), (0, 6), (0, 6)), "reflect"))


def test_chroma_planes_of_another_size_are_refused() -> None:
    luma, chroma = np.zeros((16, 16), np.uint8), np.zeros((16, 16), np.uint8)
    wrong = Planes(luma=luma, cb=chroma, cr=chroma)

    with pytest.raises(ValueError, match=r"Planes.cb must be \[8, 8\] for luma of"):
        rgb_of_planes(wrong, PlaneForm(matrix=1, full_range=False))
