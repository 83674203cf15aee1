"""Live streams on a GPU: a real server, and a stand-in for the GPU or a real one."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any

import av
import numpy as np
import pytest

from sources.address import address_of
from sources.frame import Frame
from sources.live import network
from sources.live import nvdec as live_nvdec
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.network import NetworkStream
from sources.live.nvdec import GpuRefusedError, NvdecPictures
from sources.live.opener import open_live
from sources.nvdec import GpuDecoding
from streamer.live.open import opened_live
from streamer.settings import LiveOptions, RunOptions
from tests.conftest import MakeClip
from tests.live.conftest import StartPeer
from tests.support.fakes import PassThrough
from tests.support.patience import PATIENCE_SECONDS

ON_GPU = GpuDecoding(device=0, stay=False)


class OnCuda(PassThrough):
    device = "cuda:0"


@pytest.fixture
def blind_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU that seems to decode, while FFmpeg decodes on the CPU without a word."""
    monkeypatch.setattr(live_nvdec, "no_decoder", lambda: "")
    monkeypatch.setattr(live_nvdec, "device_error", lambda _how: "")
    monkeypatch.setattr(network, "shared_context", lambda _device: nullcontext())
    monkeypatch.setattr(network, "accelerator", lambda _how, stay: None)
    monkeypatch.setattr("streamer.pipeline.gpu_decode.no_driver", lambda: "")


def read(url: str, count: int, how: GpuDecoding | None) -> tuple[Any, list[Frame]]:
    stream: Any = open_live(url)
    if how is not None:
        assert stream.decode_on_gpu(how) == ""
    frames = list(islice(stream, count))
    stream.close()
    return stream, frames


@pytest.mark.slow
@pytest.mark.usefixtures("blind_gpu")
def test_a_camera_that_ffmpeg_decodes_on_the_cpu_goes_on_there_with_one_line(
    start_peer: StartPeer, caplog: pytest.LogCaptureFixture
) -> None:
    peer = start_peer()

    with (
        caplog.at_level(logging.WARNING),
        opened_live(
            peer.url(login="viewer:s3cret"),
            "null:",
            network=OnCuda,
            run=RunOptions(max_frames=20),
            live=LiveOptions(max_latency=2000),
        ) as pipeline,
    ):
        pipeline.run()
        report = pipeline.report("camera", "null:")

    said = "because the GPU cannot: FFmpeg decoded it on the CPU, to yuv420p"
    lines = [r.message for r in caplog.records if "GPU" in r.message]
    assert len(lines) == 1
    assert said in lines[0]
    assert "s3cret" not in lines[0]
    assert f"the CPU decodes this source, {said}" in report.notes
    assert (report.decoder, report.frames_out) == ("h264", 20)
    assert pipeline.snapshot().decoder == "h264"
    assert report.reconnects == 0
    assert "decode error" not in report.dropped


@pytest.mark.slow
@pytest.mark.usefixtures("blind_gpu")
def test_a_camera_that_must_be_decoded_on_a_gpu_ends_the_run_with_one_line(
    start_peer: StartPeer,
) -> None:
    url = start_peer().url(login="viewer:s3cret")

    with (
        opened_live(
            url, "null:", network=OnCuda, run=RunOptions(require_gpu_decode=True)
        ) as run,
        pytest.raises(DisconnectedError, match="cannot be kept") as caught,
    ):
        run.run()

    assert caught.value.cause is Cause.GPU
    assert "FFmpeg decoded it on the CPU" in str(caught.value)
    assert not re.search(r"s3cret|\n", str(caught.value))
    assert run.snapshot().state == "failed"


@pytest.mark.slow
@pytest.mark.usefixtures("blind_gpu")
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_decoder_that_gives_the_pictures_of_the_device_is_named_in_the_report(
    start_peer: StartPeer, codec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_nvdec, "ON_DEVICE", "yuv420p")
    peer = start_peer("--codec", codec)

    stream, frames = read(peer.url(), 10, ON_GPU)

    assert frames[0].picture.key_frame
    assert stream.info.decoder == {"h264": "h264_cuda", "h265": "hevc_cuda"}[codec]
    assert stream.info.pixel_format == "yuv420p"
    assert stream.health.notes == []


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serves a folder over HTTP, quietly; gives its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE_SECONDS)


def spoil(clip: Path) -> None:
    """Leaves the headers of an MP4's H.264 as they are, and nothing behind them."""
    data = bytearray(clip.read_bytes())
    with av.open(str(clip)) as container:
        packets = [(p.pos or 0, p.size) for p in container.demux(video=0) if p.size]
    for pos, size in packets:
        unit = pos
        while unit < pos + size:
            length = int.from_bytes(data[unit : unit + 4], "big")
            data[unit + 6 : unit + 4 + length] = bytes(length - 2)
            unit += 4 + length
    clip.write_bytes(data)


@pytest.mark.slow
@pytest.mark.usefixtures("blind_gpu")
def test_a_short_stream_that_the_gpu_refuses_to_its_end_is_left_to_the_cpu(
    make_clip: MakeClip,
) -> None:
    clip = make_clip()
    spoil(clip)  # twelve packets, one key frame: too few to be told from damage

    with served(clip.parent) as address:
        url = address_of(f"{address}/{clip.name}")
        stream = NetworkStream(url, gpu=NvdecPictures(ON_GPU))

        with pytest.raises(GpuRefusedError, match="the stream came without a picture"):
            list(stream.pictures())

        stream.close()


@pytest.mark.slow
@pytest.mark.usefixtures("blind_gpu")
def test_a_stream_whose_size_nvdec_rounds_up_is_left_to_the_cpu(
    make_clip: MakeClip,
) -> None:
    clip = make_clip("odd.webm", codec="libvpx-vp9", size=(61, 47), frames=2)

    with served(clip.parent) as address:
        url = address_of(f"{address}/{clip.name}")

        with pytest.raises(GpuRefusedError, match=r"odd sizes up.* 61x47"):
            NetworkStream(url, gpu=NvdecPictures(ON_GPU))


def luma(frame: Frame) -> Any:
    picture = frame.picture
    kind = np.uint8 if picture.format.components[0].bits == 8 else np.uint16
    rows = np.frombuffer(memoryview(picture.planes[0]), kind)
    return rows.reshape(picture.height, -1)[:, : picture.width]


@pytest.mark.gpu
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


@pytest.mark.gpu
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


@pytest.mark.gpu
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


@pytest.mark.gpu
def test_what_nvdec_does_not_know_is_decoded_on_the_cpu_with_a_note(
    make_clip: MakeClip,
) -> None:
    clip = make_clip(codec="libx264", pixel_format="yuv444p", size=(640, 360))

    with served(clip.parent) as address:
        stream, frames = read(f"{address}/{clip.name}", 5, ON_GPU)

    assert len(frames) == 5
    assert stream.info.decoder == "h264"
    assert "because the GPU cannot" in stream.health.notes[0]
