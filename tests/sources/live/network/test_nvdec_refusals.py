"""When a stream leaves the GPU, and what is not held against it."""

import logging
from dataclasses import replace
from itertools import islice

import pytest

from sources.live.disconnect import Cause, DisconnectedError
from sources.live.network import nvdec as live_nvdec
from sources.live.network.nvdec import (
    GpuRefusedError,
    NvdecPictures,
)
from sources.live.reconnect import State, Status
from tests.support.media.gpu_camera import (
    INFO,
    ON_GPU,
    REQUIRED,
    Camera,
    a_error,
    a_picture,
    on_gpu,
    shows,
    shows_then,
)


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
