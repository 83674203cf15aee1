"""Live streams through NVDEC on a GPU: real servers, real pictures."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import pytest

from model.pictures.planes import host_array
from sources.frame import Frame
from sources.live.opener import open_live
from sources.nvdec import GpuDecoding
from streamer.pipeline.gpu.planes import planes_of
from tests.conftest import MakeClip
from tests.support.servers.peers import RtspPeer
from tests.support.servers.served_clips import read, served

pytestmark = pytest.mark.gpu
ON_GPU = GpuDecoding(device=0, stay=False)
StartPeer = Callable[..., RtspPeer]


def luma(frame: Frame) -> Any:
    picture = frame.picture
    kind = np.uint8 if picture.format.components[0].bits == 8 else np.uint16
    rows = np.frombuffer(memoryview(picture.planes[0]), kind)
    return rows.reshape(picture.height, -1)[:, : picture.width]


@pytest.mark.parametrize(
    ("codec", "pixel_format"), [("libx264", "yuv420p"), ("libx265", "yuv420p10le")]
)
def test_a_stream_comes_through_nvdec_as_through_the_cpu(
    make_clip: MakeClip, codec: str, pixel_format: str
) -> None:
    clip = make_clip(codec=codec, pixel_format=pixel_format, size=(640, 360))

    with served(clip.parent) as address:
        url = f"{address}/{clip.name}"
        stream, there = read(url, 10, GpuDecoding(device=0, stay=False, required=True))
        _, here = read(url, 10, None)

    assert stream.info.decoder.endswith("_cuda")
    assert stream.health.notes == []
    for ours, its in zip(there, here, strict=True):
        assert ours.picture.format.name == its.picture.format.name == pixel_format
        assert ours.colour == its.colour
        assert ours.picture.key_frame == its.picture.key_frame
        assert (luma(ours) == luma(its)).all()


def test_pictures_of_a_stream_stay_on_the_device_if_they_are_wanted_there(
    make_clip: MakeClip,
) -> None:
    clip = make_clip(size=(640, 360))

    with served(clip.parent) as address:
        url = f"{address}/{clip.name}"
        _, there = read(url, 10, GpuDecoding(device=0, stay=True, required=True))
        _, here = read(url, 10, None)

    for ours, its in zip(there, here, strict=True):
        assert ours.picture.format.name == "cuda"
        held = host_array(planes_of(ours.picture).luma)
        assert (held == luma(its)).all()


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_camera_is_read_through_nvdec_and_found_again(
    start_peer: StartPeer, codec: str
) -> None:
    peer = start_peer("--codec", codec, "--size", "320x192")
    stream: Any = open_live(peer.url())
    assert stream.decode_on_gpu(GpuDecoding(device=0, stay=False, required=True)) == ""

    frames = iter(stream)
    assert len(list(islice(frames, 20))) == 20
    peer.kill()
    peer.start("--codec", codec, "--size", "640x384")
    sizes = {frame.picture.width for frame in islice(frames, 40)}
    stream.close()

    assert 640 in sizes
    assert stream.link.reconnects == 1
    assert stream.info.decoder.endswith("_cuda")


def test_nvdec_goes_on_with_the_next_connection_and_another_size(
    make_clip: MakeClip,
) -> None:
    clip = make_clip(frames=12, size=(640, 360))

    with served(clip.parent) as address:
        stream: Any = open_live(f"{address}/{clip.name}")
        how = GpuDecoding(device=0, stay=False, required=True)
        assert stream.decode_on_gpu(how) == ""
        frames = iter(stream)
        before = list(islice(frames, 12))
        make_clip(frames=12, size=(320, 192))
        after = list(islice(frames, 5))
        stream.close()

    assert {frame.picture.width for frame in before} == {640}
    assert {frame.picture.width for frame in after} == {320}
    assert stream.link.reconnects == 1
    assert stream.info.decoder.endswith("_cuda")


def test_what_nvdec_does_not_know_is_decoded_on_the_cpu_with_a_note(
    make_clip: MakeClip,
) -> None:
    clip = make_clip(codec="libx264", pixel_format="yuv444p", size=(640, 360))

    with served(clip.parent) as address:
        stream, frames = read(f"{address}/{clip.name}", 5, ON_GPU)

    assert len(frames) == 5
    assert stream.info.decoder == "h264"
    assert "because the GPU cannot" in stream.health.notes[0]
