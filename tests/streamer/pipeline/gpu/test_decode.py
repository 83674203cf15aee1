import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sinks import open_sink
from sources import open_source
from sources.errors import SourceError
from sources.nvdec import no_driver
from streamer import derain_video
from streamer.errors import StreamerError
from streamer.pipeline.file import Pipeline
from streamer.pipeline.gpu.decode import check_gpu_decode, decode_near
from streamer.settings import RunOptions
from tests.conftest import PROJECT, MakeClip
from tests.support.fakes import PassThrough
from tests.support.patience import PATIENCE_SECONDS

NO_GPU = bool(no_driver())
without_a_gpu = pytest.mark.skipif(not NO_GPU, reason="there is an NVIDIA driver here")


class OnCuda(PassThrough):
    device = "cuda:0"


@without_a_gpu
def test_a_source_that_the_gpu_cannot_decode_says_so_and_is_read_all_the_same(
    make_clip: MakeClip, caplog: pytest.LogCaptureFixture
) -> None:
    source, network = open_source(str(make_clip())), OnCuda()

    decode_near(source, network, stay=True, required=False)
    pipeline = Pipeline(source, network, open_sink("null:"))
    pipeline.run()
    report = pipeline.report("in", "out")

    said = "the CPU decodes this source, because the GPU cannot: no NVIDIA driver"
    assert [record.message for record in caplog.records if said in record.message]
    assert [note for note in report.notes if said in note]
    assert (report.frames_out, report.decoder) == (12, "h264")


@without_a_gpu
def test_a_source_that_must_be_decoded_on_a_gpu_is_refused(
    make_clip: MakeClip,
) -> None:
    source = open_source(str(make_clip()))

    with pytest.raises(SourceError, match="cannot be kept: no NVIDIA driver"):
        decode_near(source, OnCuda(), stay=True, required=True)


def test_a_drawn_source_cannot_be_required_on_a_gpu() -> None:
    source = open_source("test:rain?frames=2")

    with pytest.raises(SourceError, match="files and streams in the network"):
        decode_near(source, OnCuda(), stay=True, required=True)


def test_a_network_on_the_cpu_takes_no_gpu_decoder(make_clip: MakeClip) -> None:
    source = open_source(str(make_clip()))

    decode_near(source, PassThrough(), stay=False, required=False)
    with pytest.raises(StreamerError, match="goes with a network on cuda"):
        decode_near(source, PassThrough(), stay=False, required=True)

    assert source.info.decoder == "h264"


def test_a_run_that_needs_pixels_says_where_it_decodes(make_clip: MakeClip) -> None:
    source: Any = open_source(str(make_clip()))

    decode_near(source, OnCuda(), stay=False, required=False)

    assert "because the run needs pixels" in source.health.notes[0]


@without_a_gpu
def test_what_is_required_is_refused_before_the_network_is_loaded(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    check_gpu_decode(required=False)
    with pytest.raises(StreamerError, match="--require-gpu-decode cannot be kept"):
        derain_video(
            make_clip(), tmp_path / "out.mp4", run=RunOptions(require_gpu_decode=True)
        )


@pytest.mark.slow
@without_a_gpu
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--require-gpu-decode"], "cannot be kept: no NVIDIA driver"),
        (["--device", "cuda"], "PyTorch sees no CUDA device"),
        (["--backend", "cuda"], "the device is cpu"),
    ],
)
def test_the_program_ends_with_one_line_where_there_is_no_gpu(
    make_clip: MakeClip, options: list[str], said: str
) -> None:
    command = [sys.executable, "-m", "derain", "run", str(make_clip())]

    done = subprocess.run(
        [*command, "null:", *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        timeout=PATIENCE_SECONDS,
    )

    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
