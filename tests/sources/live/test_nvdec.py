"""A live stream on a GPU, without one: what it believes, and when it gives up."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import Any

import av
import numpy as np
import pytest
from av.error import FFmpegError, InvalidDataError

from sources.connect import ConnectOptions
from sources.frame import Colour, StreamInfo
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.network import nvdec as live_nvdec
from sources.live.network.nvdec import (
    GpuRefusedError,
    NetworkLiveStream,
    NvdecPictures,
    device_error,
)
from sources.live.opener import open_live
from sources.live.reconnect import State, Status
from sources.live.timestamps import TIME_BASE
from sources.nvdec import GpuDecodable, GpuDecoding, downloaded, no_decoder

ON_GPU = GpuDecoding(device=0, stay=False)
REQUIRED = GpuDecoding(device=0, stay=False, required=True)
INFO = StreamInfo(
    width=64,
    height=48,
    pixel_format="yuv420p",
    time_base=TIME_BASE,
    colour=Colour(),
    live=True,
)


def a_error() -> FFmpegError:
    return InvalidDataError(1, "Invalid data found when processing input")


def a_picture(kind: str = "yuv420p", pts: int = 0) -> av.VideoFrame:
    picture = av.VideoFrame(66, 50, kind)
    rng = np.random.default_rng(5)
    for plane in picture.planes:
        samples = np.frombuffer(memoryview(plane), np.uint8)
        samples[:] = rng.integers(0, 256, samples.size)
    picture.pts, picture.time_base = pts, TIME_BASE
    return picture


def samples_of(picture: av.VideoFrame, number: int, width: int) -> Any:
    plane, deep = picture.planes[number], picture.format.components[0].bits > 8
    kind = np.uint16 if deep else np.uint8
    rows = np.frombuffer(memoryview(plane), kind).reshape(plane.height, -1)
    return rows[:, :width]


class Camera:
    """Connections, each of which does what was planned for it."""

    def __init__(
        self,
        *plans: Callable[[], Iterator[av.VideoFrame | None]],
        info: StreamInfo = INFO,
    ) -> None:
        self.info = info
        self.asked: list[GpuDecoding | None] = []
        self.closed = 0
        self._plans = iter(plans)

    def __call__(self, gpu: NvdecPictures | None) -> "Camera":
        self.asked.append(gpu.how if gpu else None)
        return self

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        return next(self._plans)()

    def close(self) -> None:
        self.closed += 1


def shows(count: int) -> Callable[[], Iterator[av.VideoFrame | None]]:
    def plan() -> Iterator[av.VideoFrame | None]:
        for number in range(count):
            yield a_picture(pts=number * 3000)

    return plan


def shows_then(
    count: int, error: Exception
) -> Callable[[], Iterator[av.VideoFrame | None]]:
    def plan() -> Iterator[av.VideoFrame | None]:
        yield from shows(count)()
        raise error

    return plan


def on_gpu(
    camera: Camera, how: GpuDecoding, monkeypatch: pytest.MonkeyPatch
) -> NetworkLiveStream:
    """A stream that was told to decode on a GPU, where there seems to be one."""
    monkeypatch.setattr(live_nvdec, "no_decoder", lambda: "")
    monkeypatch.setattr(live_nvdec, "device_error", lambda _how: "")
    stream = NetworkLiveStream("camera", camera)
    stream._gated = False  # drawn pictures are no key frames
    assert stream.decode_on_gpu(how) == ""
    return stream


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


def test_packets_that_fail_up_to_the_first_key_frame_are_no_refusal() -> None:
    pictures = NvdecPictures(ON_GPU)

    for _ in range(300):
        pictures.failed(a_error(), key=False)
    pictures.failed(a_error(), key=True)

    with pytest.raises(GpuRefusedError, match="302 packets in a row"):
        pictures.failed(a_error(), key=True)


def test_what_fails_is_counted_over_connections_that_break() -> None:
    pictures = NvdecPictures(ON_GPU)

    pictures.given(key=True)
    pictures.failed(a_error(), key=True)
    pictures.ended(whole=False)
    pictures.given(key=True)

    with pytest.raises(GpuRefusedError, match="without a picture: Invalid data"):
        pictures.ended(whole=False)


def test_a_stream_that_ends_before_its_first_key_frame_is_no_refusal() -> None:
    pictures = NvdecPictures(ON_GPU)

    pictures.given(key=False)
    pictures.failed(a_error(), key=False)

    pictures.ended(whole=True)


def test_a_short_stream_is_not_held_against_a_gpu_that_has_decoded_it_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_nvdec, "ON_DEVICE", "nv12")
    pictures = NvdecPictures(ON_GPU)
    pictures.proven_picture(a_picture("nv12"))

    pictures.given(key=True)
    pictures.failed(a_error(), key=True)

    pictures.ended(whole=True)


def test_a_picture_between_makes_damage_no_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_nvdec, "ON_DEVICE", "nv12")
    pictures = NvdecPictures(ON_GPU)

    for _ in range(50):
        pictures.failed(a_error(), key=True)
        pictures.proven_picture(a_picture("nv12"))


def test_a_stream_that_the_gpu_refuses_goes_on_at_once_on_the_cpu(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    camera = Camera(shows_then(2, GpuRefusedError("lost")), shows(3), shows(4))
    stream = on_gpu(camera, ON_GPU, monkeypatch)
    waits: list[Cause] = []

    def lost(error: DisconnectedError) -> float:
        waits.append(error.cause)
        return 0.0

    monkeypatch.setattr(stream.link, "lost", lost)

    with caplog.at_level(logging.WARNING):
        frames = list(islice(stream, 9))
    stream.close()

    said = "because the GPU cannot: lost"
    assert [r.message for r in caplog.records] == [f"the CPU decodes camera, {said}"]
    assert stream.health.notes == [f"the CPU decodes this source, {said}"]
    assert [frame.index for frame in frames] == list(range(9))
    assert camera.asked == [ON_GPU, None, None]
    assert waits == [Cause.ENDED], "only the end of the camera's connection is waited"


def test_a_required_gpu_that_is_lost_ends_the_stream_with_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    camera = Camera(shows_then(2, GpuRefusedError("lost")))
    stream = on_gpu(camera, REQUIRED, monkeypatch)
    states: list[Status] = []
    stream.on_change = states.append

    with pytest.raises(DisconnectedError, match=r"cannot be kept.*camera: lost") as one:
        list(stream)

    assert one.value.cause is Cause.GPU
    assert states[-1].state is State.FAILED
    assert (camera.asked, camera.closed) == ([REQUIRED], 1)


def test_a_gpu_that_gives_no_picture_for_long_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent = DisconnectedError(Cause.CODEC, "15 s of packets gave no picture")
    camera = Camera(shows_then(0, silent), shows(3))
    stream = on_gpu(camera, ON_GPU, monkeypatch)

    assert len(list(islice(stream, 3))) == 3

    stream.close()
    assert camera.asked == [ON_GPU, None]
    assert "15 s of packets" in stream.health.notes[0]


def test_a_camera_that_sends_no_key_frame_is_not_held_against_the_gpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent = DisconnectedError(Cause.CODEC, "15 s of packets gave no picture")
    proven = replace(INFO, decoder="h264_cuda")
    camera = Camera(shows_then(0, silent), shows(3), info=proven)
    stream = on_gpu(camera, REQUIRED, monkeypatch)
    monkeypatch.setattr(stream.link, "lost", lambda _error: 0.0)

    assert len(list(islice(stream, 3))) == 3

    stream.close()
    assert camera.asked == [REQUIRED, REQUIRED]
    assert stream.health.notes == []


def test_a_device_that_does_not_open_is_not_taken_for_a_camera_that_is_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    camera = Camera(shows(3))
    stream = on_gpu(camera, ON_GPU, monkeypatch)
    monkeypatch.setattr(live_nvdec, "device_error", lambda _how: "no such device")

    assert len(list(islice(stream, 3))) == 3

    stream.close()
    assert camera.asked == [None]
    assert "no such device" in stream.health.notes[0]


@pytest.mark.skipif(not no_decoder(), reason="there is an NVIDIA decoder here")
def test_without_a_driver_the_reason_is_told_and_nothing_else_changes() -> None:
    camera = Camera(shows(3))
    stream = NetworkLiveStream("camera", camera)
    stream._gated = False

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
