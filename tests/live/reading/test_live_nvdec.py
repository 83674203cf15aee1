"""Live streams on a GPU: a real server, and a stand-in for the GPU or a real one."""

import logging
import re
from contextlib import nullcontext
from pathlib import Path

import av
import pytest

from sources.address import address_of
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.network import nvdec as live_nvdec
from sources.live.network import opening
from sources.live.network.connection import NetworkStream
from sources.live.network.nvdec import GpuRefusedError, NvdecPictures
from sources.nvdec import GpuDecoding
from streamer.live.open import opened_live
from streamer.settings import LiveOptions, RunOptions
from tests.conftest import MakeClip
from tests.live.conftest import StartPeer
from tests.support.fakes import PassThrough
from tests.support.servers.served_clips import read, served

ON_GPU = GpuDecoding(device=0, stay=False)


class OnCuda(PassThrough):
    device = "cuda:0"


@pytest.fixture
def blind_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU that seems to decode, while FFmpeg decodes on the CPU without a word."""
    monkeypatch.setattr(live_nvdec, "no_decoder", lambda: "")
    monkeypatch.setattr(live_nvdec, "device_error", lambda _how: "")
    monkeypatch.setattr(opening, "shared_context", lambda _device: nullcontext())
    monkeypatch.setattr(opening, "accelerator", lambda _how, stay: None)
    monkeypatch.setattr("streamer.pipeline.gpu.decode.no_driver", lambda: "")


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
