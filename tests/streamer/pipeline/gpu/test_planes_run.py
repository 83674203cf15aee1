"""Whole runs in which planes go to a network and back, on a device that plays."""

import copy
import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from model import load_network
from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.backends.torch_backend import TorchBackend
from model.pictures.planes import PlaneForm
from model.temporal.stream import TemporalStream
from sinks import open_sink
from sinks.encoding.options import EncodeOptions
from sources import open_source
from sources.colour import FromRgb, ToRgb, conversion_for
from sources.frame import Colour, RgbArray
from streamer.network.rotated import upright
from streamer.network.shared import SharedNetwork, Sharing
from streamer.pipeline.file import Pipeline
from streamer.pipeline.gpu import planes as picture_planes
from tests.conftest import MakeClip
from tests.streamer.pipeline.gpu.test_planes import noisy_picture
from tests.support.fakes import PassThrough
from tests.support.media.planes import luma_planes
from tests.support.networks.deferred_device import DeferredDevice
from tests.support.networks.halving import Halve
from tests.support.networks.on_device import HeldByGpu, OnDevice
from tests.support.probe import look_at


@pytest.mark.parametrize(
    ("pixel_format", "codec"), [("yuv420p", "libx264"), ("yuv420p10le", "libx265")]
)
def test_a_file_goes_through_as_planes_and_stays_as_it_was(
    make_clip: MakeClip, tmp_path: Path, pixel_format: str, codec: str
) -> None:
    rainy = make_clip(pixel_format=pixel_format, codec=codec, matrix=1, full_range=1)
    network, out = OnDevice(), tmp_path / "out.mp4"

    pipeline = Pipeline(
        open_source(str(rainy)),
        network,
        open_sink(str(out), encode=EncodeOptions(quality=0)),
    )
    pipeline.run()
    report = pipeline.report("in", "out")

    before, after = look_at(rainy), look_at(out)
    assert (network.as_planes, network.as_pixels) == (12, 0)
    assert report.frames_out == 12
    assert after.times == before.times
    assert after.tags == before.tags
    assert after.pixel_formats == {pixel_format}
    tolerance = 8 if codec == "libx265" else 2  # of the encoder
    for ours, its in zip(luma_planes(out), luma_planes(rainy), strict=True):
        assert np.abs(ours - its).mean() < tolerance


def test_a_dry_file_passes_the_gate_bit_for_bit(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    dry, out = make_clip(), tmp_path / "out.mp4"
    network = OnDevice()
    gated = TemporalStream(network, gate="auto")

    pipeline = Pipeline(
        open_source(str(dry)),
        gated,
        open_sink(str(out), encode=EncodeOptions(quality=0)),
    )
    pipeline.run()
    report = pipeline.report("in", "out", measure_alone=False)

    assert (network.as_planes, network.as_pixels) == (12, 0)
    assert report.frames_untouched == 12
    for ours, its in zip(luma_planes(out), luma_planes(dry), strict=True):
        assert np.array_equal(ours, its)


def test_the_rate_alone_is_that_of_planes_without_the_gate(make_clip: MakeClip) -> None:
    network, seconds = OnDevice(), itertools.count()
    gated = TemporalStream(network, gate="auto")
    pipeline = Pipeline(
        open_source(str(make_clip())),
        gated,
        open_sink("null:"),
        now_ns=lambda: next(seconds) * 10**9,
    )
    pipeline.run()
    watched = network.watched

    report = pipeline.report("in", "out", measure_alone=True)

    assert watched == 12
    assert report.model_only_fps is not None
    assert report.model_only_fps > 0
    assert network.as_planes >= 12 + 4
    assert (network.as_pixels, network.watched) == (0, watched)


@pytest.mark.slow
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le"])
def test_the_real_network_gives_the_same_picture_by_planes_and_by_pixels(
    pixel_format: str,
) -> None:
    picture = noisy_picture(pixel_format, 1)
    colour = Colour(matrix=1, full_range=1, chroma_location=1)
    form = form_for(picture, colour)
    made = picture_planes.room_like(picture, form)
    held, room = picture_planes.planes_of(picture), picture_planes.planes_of(made)
    rgb: RgbArray = np.zeros((50, 66, 3), "u1" if form.depth == 8 else "u2")
    clean = np.zeros_like(rgb)
    network, weights = load_network("mspfn-lite")
    pixels = TorchBackend(copy.deepcopy(network), device="cpu", precision="fp32")
    on_device = CudaBackend(
        network,
        weights.variant.multiple,
        device=DeferredDevice(),
        precision="fp32",
        kernels=ReferenceKernels(),
    )

    carrier = ToRgb()(picture, conversion_for(colour, picture.height), rgb)
    pixels.start(rgb, clean).wait()
    there = FromRgb(pixel_format, None, colour)(clean, carrier)
    on_device.start_planes(held, form, room, form).wait()

    peak = form.coefficients.peak
    expected = picture_planes.planes_of(there)
    for part in ("luma", "cb", "cr"):
        apart = getattr(room, part).astype(float) - getattr(expected, part)
        assert 10 * np.log10(peak**2 / (apart**2).mean()) > 45, part
    pixels.close()


def form_for(picture: av.VideoFrame, colour: Colour) -> PlaneForm:
    form = picture_planes.form_of(
        picture, conversion_for(colour, picture.height), colour.chroma_location
    )
    assert form is not None
    return form


def test_a_folder_of_pictures_gets_pixels(make_clip: MakeClip, tmp_path: Path) -> None:
    network, sink = OnDevice(), open_sink(f"{tmp_path}/pictures/")

    Pipeline(open_source(str(make_clip())), network, sink).run()

    assert (network.as_planes, network.as_pixels) == (0, 12)


class DarkOnDevice(OnDevice):
    """Leaves half the light."""

    network = Halve()


@pytest.mark.parametrize("rotation", [0, 90])
@pytest.mark.parametrize(
    ("pixel_format", "codec"), [("yuv420p", "libx264"), ("yuv420p10le", "libx265")]
)
def test_before_and_after_lie_beside_each_other_without_a_conversion_of_colours(
    make_clip: MakeClip, tmp_path: Path, pixel_format: str, codec: str, rotation: int
) -> None:
    parts = {"pixel_format": pixel_format, "codec": codec, "rotation": rotation}
    clip, out = make_clip(frames=3, matrix=1, full_range=1, **parts), tmp_path / "o.mp4"
    network = DarkOnDevice()
    turned = upright(network, rotation)

    encode = EncodeOptions(quality=0)
    Pipeline(
        open_source(str(clip)), turned, open_sink(str(out), encode=encode), compare=True
    ).run()

    assert (network.as_planes, network.as_pixels) == (3, 0)
    assert look_at(out).pixel_formats == {pixel_format}
    near = 8 if codec == "libx265" else 2  # the encoder is not exact
    for ours, its in zip(luma_planes(out), luma_planes(clip), strict=True):
        # Shown turned by 90 degrees, what is left on the screen is stored below.
        halves = np.split(ours, 2, axis=0 if rotation else 1)
        before, after = halves[::-1] if rotation == 270 else halves
        black = 64 if "10" in pixel_format else 16
        assert np.abs(before - its).mean() < near
        assert np.abs(after - black - (its - black) / 2).mean() < near


@pytest.mark.parametrize("rotation", [90, 180])
def test_a_turned_file_stays_planes(
    make_clip: MakeClip, tmp_path: Path, rotation: int
) -> None:
    clip, out = make_clip(rotation=rotation), tmp_path / "out.mp4"
    network = OnDevice()
    turned = upright(TemporalStream(network, gate="auto"), rotation)

    pipeline = Pipeline(
        open_source(str(clip)),
        turned,
        open_sink(str(out), encode=EncodeOptions(quality=0)),
    )
    pipeline.run()

    assert (network.as_planes, network.as_pixels) == (12, 0)
    assert pipeline.report("in", "out", measure_alone=False).frames_untouched == 12
    for ours, its in zip(luma_planes(out), luma_planes(clip), strict=True):
        assert np.array_equal(ours, its)


def test_streams_of_one_network_stay_planes_and_go_in_batches(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    network = OnDevice()
    clips = [
        make_clip(f"{n}.mp4", frames=4, pixel_format=f)
        for n, f in enumerate(("yuv420p", "yuv420p", "yuv444p"))
    ]

    def derain(clip: Path, part: SharedNetwork) -> None:
        gated = TemporalStream(part, gate="auto")
        out = open_sink(str(tmp_path / clip.name), encode=EncodeOptions(quality=0))
        Pipeline(open_source(str(clip)), gated, out).run()
        gated.close()

    with closing(Sharing(network)) as sharing:
        works = [(clip, sharing.part()) for clip in clips]
        with ThreadPoolExecutor(len(works)) as threads:
            list(threads.map(derain, *zip(*works, strict=True)))

    assert network.as_planes == 8
    assert network.as_pixels == 4  # 4:4:4
    for clip in clips[:2]:
        pairs = zip(luma_planes(tmp_path / clip.name), luma_planes(clip), strict=True)
        assert all(np.array_equal(ours, its) for ours, its in pairs)


def test_pictures_of_a_gpu_that_must_come_as_pixels_are_stored_as_the_cpu_has_them(
    make_clip: MakeClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamer.pipeline.submit.ON_DEVICE", "nv12")
    clip, out = make_clip(frames=5), tmp_path / "out.mp4"
    source: Any = HeldByGpu(clip)

    Pipeline(
        source, PassThrough(), open_sink(str(out), encode=EncodeOptions(quality=0))
    ).run()

    assert look_at(out).pixel_formats == {"yuv420p"}
    for before, after in zip(luma_planes(clip), luma_planes(out), strict=True):
        assert np.abs(before - after).max() <= 2  # of libswscale and the encoder
