import ctypes
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from sources import nvdec
from sources.errors import SourceError
from sources.files.video import VideoFile
from sources.nvdec import (
    GpuDecoding,
    accelerator,
    no_decoder,
    odd_size,
    shared_context,
    trial,
)
from tests.conftest import MakeClip


class Driver:
    """Stands for libcuda: notes what is called, and fails where it is told to."""

    def __init__(self, fails: str = "") -> None:
        self.calls: list[str] = []
        self._fails = fails

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> int:
            self.calls.append(name)
            return 201 if name == self._fails else 0

        return call


def with_driver(monkeypatch: pytest.MonkeyPatch, driver: Driver, *names: str) -> None:
    """Lets libraries of these names be found, and no other."""

    def load(name: str) -> Driver:
        if name not in names:
            raise OSError(name)
        return driver

    monkeypatch.setattr(ctypes, "CDLL", load)


@pytest.fixture
def believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU that decodes everything: FFmpeg's pictures of the CPU count as its own."""
    monkeypatch.setattr(nvdec, "no_decoder", lambda: "")
    monkeypatch.setattr(nvdec, "accelerator", lambda _how, stay: None)
    monkeypatch.setattr(nvdec, "shared_context", lambda _device: nullcontext())
    monkeypatch.setattr(nvdec, "ON_DEVICE", "yuv420p")


@pytest.mark.usefixtures("believed")
def test_a_size_that_nvdec_rounds_up_is_left_to_the_cpu(make_clip: MakeClip) -> None:
    clip = make_clip("odd.webm", codec="libvpx-vp9", size=(61, 47), frames=2)
    whole = make_clip("even.webm", codec="libvpx-vp9", size=(62, 48), frames=2)
    how = GpuDecoding(device=0, stay=False)

    reason, _ = trial(clip, how)

    assert reason == "NVDEC rounds odd sizes up, and the stream is 61x47"
    assert trial(whole, how)[0] == ""


@pytest.mark.usefixtures("believed")
def test_a_codec_that_ffmpeg_decodes_on_the_cpu_only_is_named(
    make_clip: MakeClip,
) -> None:
    clip = make_clip("clip.mkv", codec="libsvtav1", frames=1)

    reason, _ = trial(clip, GpuDecoding(device=0, stay=True))

    assert reason == "FFmpeg decodes it with libdav1d, which runs on the CPU only"


def test_a_file_whose_size_becomes_odd_on_the_way_is_not_handed_on_rounded(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    even = make_clip("a.ivf", codec="libvpx-vp9", size=(64, 48), frames=2)
    odd = make_clip("b.ivf", codec="libvpx-vp9", size=(63, 47), frames=2)
    joined = tmp_path / "joined.ivf"
    joined.write_bytes(even.read_bytes() + odd.read_bytes()[32:])  # but for its head
    source = VideoFile(joined)
    source._on_gpu = GpuDecoding(device=0, stay=False)
    source._stream.thread_type = "SLICE"  # as PyAV opens it for a GPU

    with pytest.raises(SourceError, match="odd sizes up, and the stream is 63x47"):
        list(source)

    source.close()


def test_even_sizes_are_kept_by_nvdec() -> None:
    assert odd_size(1920, 1080) == ""
    assert "321x240" in odd_size(321, 240)
    assert "320x241" in odd_size(320, 241)


def test_ffmpeg_is_told_to_take_the_current_context_and_not_the_primary_one() -> None:
    asked = accelerator(GpuDecoding(device=1, stay=True), stay=True)

    assert (asked.options["current_ctx"], asked.options["primary_ctx"]) == ("1", "0")
    assert asked.is_hw_owned


def test_pytorchs_context_is_current_only_while_a_file_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driver = Driver()
    with_driver(monkeypatch, driver, "libcuda.so.1")

    def fails_to_open() -> None:
        with shared_context(0):
            assert driver.calls[-1] == "cuCtxPushCurrent_v2"
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - what comes through is the point
        fails_to_open()

    assert driver.calls[-1] == "cuCtxPopCurrent_v2"
    assert driver.calls.count("cuCtxPopCurrent_v2") == 1


def test_a_driver_that_refuses_is_a_reason_to_decode_on_the_cpu(
    monkeypatch: pytest.MonkeyPatch, make_clip: MakeClip
) -> None:
    clip = make_clip(frames=1)
    driver = Driver(fails="cuDeviceGet")
    with_driver(monkeypatch, driver, "libcuda.so.1", "libnvcuvid.so.1")

    reason, _ = trial(clip, GpuDecoding(device=9, stay=True))

    assert reason == "cuDeviceGet of the NVIDIA driver failed with error 201"
    assert "cuCtxPushCurrent_v2" not in driver.calls


def test_a_driver_without_its_decoder_is_told_from_no_driver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_driver(monkeypatch, Driver(), "libcuda.so.1")
    assert "without its decoder" in no_decoder()

    with_driver(monkeypatch, Driver())
    assert no_decoder() == nvdec.no_driver() != ""
