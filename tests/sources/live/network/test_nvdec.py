"""A live stream on a GPU, without one: what it believes, and when it gives up."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import Any

import av
import numpy as np
import pytest

from sources.connect import ConnectOptions
from sources.live.network import nvdec as live_nvdec
from sources.live.network.nvdec import (
    GpuRefusedError,
    NetworkLiveStream,
    NvdecPictures,
    device_error,
)
from sources.live.opener import open_live
from sources.nvdec import GpuDecodable, downloaded, no_decoder
from tests.support.media.gpu_camera import ON_GPU, Camera, a_picture, shows


def samples_of(picture: av.VideoFrame, number: int, width: int) -> Any:
    plane, deep = picture.planes[number], picture.format.components[0].bits > 8
    kind = np.uint16 if deep else np.uint8
    rows = np.frombuffer(memoryview(plane), kind).reshape(plane.height, -1)
    return rows[:, :width]


@pytest.mark.parametrize("matrix", [1, 2, 5, 6, 9, 10])
@pytest.mark.parametrize("full_range", [0, 1, 2])
def test_a_picture_comes_to_the_host_with_its_samples_and_tags(
    matrix: int, full_range: int
) -> None:
    there = a_picture("nv12", pts=77)
    there.colorspace, there.color_range = matrix, full_range
    there.color_primaries, there.color_trc = 9, 16

    here = downloaded(there)

    assert here.format.name == "yuv420p"
    assert (here.colorspace, here.color_range) == (matrix, full_range)
    assert (here.color_primaries, here.color_trc) == (9, 16)
    assert (here.pts, here.time_base) == (77, Fraction(1, 90000))
    assert (samples_of(here, 0, 66) == samples_of(there, 0, 66)).all()
    chroma = samples_of(there, 1, 66)
    assert (samples_of(here, 1, 33) == chroma[:, 0::2]).all()
    assert (samples_of(here, 2, 33) == chroma[:, 1::2]).all()


def test_ten_bits_come_to_the_host_without_the_unused_ones() -> None:
    there = a_picture("p010le")
    for plane in there.planes:
        np.frombuffer(memoryview(plane), np.uint16)[:] &= 0xFFC0

    here = downloaded(there)

    assert here.format.name == "yuv420p10le"
    assert (samples_of(here, 0, 66) == samples_of(there, 0, 66) >> 6).all()
    assert (samples_of(here, 2, 33) == samples_of(there, 1, 66)[:, 1::2] >> 6).all()


def test_only_a_picture_of_the_device_is_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pictures = NvdecPictures(ON_GPU)

    with pytest.raises(GpuRefusedError, match="on the CPU, to yuv420p"):
        pictures.proven_picture(a_picture())
    assert not pictures.proven

    monkeypatch.setattr(live_nvdec, "ON_DEVICE", "nv12")
    assert pictures.proven_picture(a_picture("nv12")).format.name == "yuv420p"
    assert pictures.proven


class Held:
    """A picture that a device holds, of a kind of its own."""

    def __init__(self, kind: str) -> None:
        self.format = av.VideoFormat("cuda")
        self.sw_format = av.VideoFormat(kind)


def test_a_picture_that_the_network_takes_stays_on_the_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pictures = NvdecPictures(replace(ON_GPU, stay=True))
    on_host = a_picture()
    monkeypatch.setattr(live_nvdec, "downloaded", lambda picture: on_host)
    for kind, stays in (("p010le", True), ("yuv444p", False)):
        held: Any = Held(kind)

        wanted = pictures.proven_picture(held)

        assert wanted is (held if stays else on_host)
        assert pictures.proven


@pytest.mark.skipif(not no_decoder(), reason="there is an NVIDIA decoder here")
def test_without_a_driver_the_reason_is_told_and_nothing_else_changes() -> None:
    camera = Camera(shows(3))
    stream = NetworkLiveStream("camera", camera)

    assert "no NVIDIA driver" in stream.decode_on_gpu(ON_GPU)
    assert device_error(ON_GPU)
    assert len(list(islice(stream, 3))) == 3

    stream.close()
    assert camera.asked == [None]
    assert stream.health.notes == []


@pytest.mark.parametrize(
    ("uri", "transport", "reason"),
    [
        ("rtsp://10.0.0.7/a", "udp", "packets get lost over UDP"),
        ("udp://10.0.0.7:5000", "tcp", "packets get lost over UDP"),
        ("rtsp://10.0.0.7/a", "tcp", ""),
        ("http://10.0.0.7/a.m3u8", "udp", ""),
    ],
)
def test_a_way_that_loses_packets_is_left_to_the_cpu_which_tells_damage(
    uri: str, transport: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_nvdec, "no_decoder", lambda: "")
    stream = open_live(uri, ConnectOptions(transport=transport))
    assert isinstance(stream, GpuDecodable)

    told = stream.decode_on_gpu(ON_GPU)

    assert told.startswith(reason) if reason else told == ""


def test_a_pipeline_is_not_asked_to_decode_on_a_gpu() -> None:
    assert not isinstance(open_live("gst:videotestsrc ! appsink"), GpuDecodable)
