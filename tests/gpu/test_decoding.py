"""Files through NVDEC, and through the network, on a GPU."""

from pathlib import Path
from typing import Any

import pytest

from sources import open_source
from sources.colour import conversion_for
from sources.nvdec import GpuDecoding, downloaded
from streamer import derain_video
from streamer.pipeline.gpu.planes import form_of, planes_of
from streamer.settings import NetworkOptions, RunOptions
from tests.conftest import MakeClip

pytestmark = pytest.mark.gpu


@pytest.mark.parametrize(
    ("codec", "pixel_format"), [("libx264", "yuv420p"), ("libx265", "yuv420p10le")]
)
def test_pictures_of_nvdec_are_those_of_the_cpu(
    make_clip: MakeClip, codec: str, pixel_format: str
) -> None:
    size = (640, 360)
    clip = str(make_clip(codec=codec, pixel_format=pixel_format, size=size))
    source: Any = open_source(clip)

    reason = source.decode_on_gpu(GpuDecoding(device=0, stay=True))

    assert reason == ""
    assert source.info.decoder.endswith("_cuda")
    for ours, its in zip(source, open_source(clip), strict=True):
        assert ours.picture.format.name == "cuda"
        there, here = planes_of(downloaded(ours.picture)), planes_of(its.picture)
        how = conversion_for(ours.colour, ours.picture.height)
        form = form_of(ours.picture, how, ours.colour.chroma_location)
        assert form is not None
        assert (there.luma == here.luma).all()
        assert (there.cb == here.cb).all()
        assert planes_of(ours.picture).luma.is_cuda


@pytest.mark.parametrize("gate", ["off", "auto"])
def test_a_file_goes_through_a_gpu_from_end_to_end(
    make_clip: MakeClip, tmp_path: Path, gate: str
) -> None:
    clip = make_clip(size=(640, 360), frames=30)

    report = derain_video(
        clip,
        tmp_path / "out.mp4",
        network=NetworkOptions(device="cuda", gate=gate),
        run=RunOptions(require_gpu_decode=True),
    )

    assert report.frames_out == 30
    assert report.decoder == "h264_cuda"
    assert (report.device, report.backend) == ("cuda:0", "cuda")


def test_a_size_that_nvdec_would_round_up_is_left_to_the_cpu(
    make_clip: MakeClip,
) -> None:
    clip = str(make_clip("odd.webm", codec="libvpx-vp9", size=(321, 241)))
    source: Any = open_source(clip)

    reason = source.decode_on_gpu(GpuDecoding(device=0, stay=True))

    assert "NVDEC rounds odd sizes up" in reason
    assert {(f.picture.width, f.picture.height) for f in source} == {(321, 241)}
